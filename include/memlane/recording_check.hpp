// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_RECORDING_CHECK_HPP
#define MEMLANE_RECORDING_CHECK_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memlane/recording_info.hpp"
#include "memlane/transfer.hpp"

namespace memlane {

/** What can be found in a recording. */
enum class finding_kind {
    // Notes: nothing is wrong.
    in_progress,    /**< it is being recorded right now */
    time_went_back, /**< a frame is older than the one in front of it: somebody set a clock */
    // Of OUT.json.
    unfinished, /**< it was cut off: repair_recording() ends it in good order */
    json_missing,
    json_damaged,
    json_differs, /**< it tells something else than the index does */
    // Of OUT.index.
    index_missing,
    index_damaged,   /**< its header is */
    index_cut,       /**< it ends in front of its end, or in what was never written */
    other_recording, /**< it is not of the recording that OUT.json tells of */
    record_damaged,
    out_of_order, /**< a frame is where, or what, it cannot be behind the one in front of it */
    // Of the raw files.
    raw_missing,
    raw_short,     /**< the file ends in front of a frame's end */
    raw_long,      /**< there is something behind the last frame */
    unreadable,    /**< the device could not read a frame */
    stamp_missing, /**< a frame does not begin with the stamp that it should have */
    stamp_other,   /**< it has that of another frame */
    stamp_damaged, /**< it is not what was stamped */
};

/** @return "raw_short" and the like. */
[[nodiscard]] std::string_view to_string(finding_kind kind) noexcept;

/** @return whether it is only worth knowing, and no damage. */
[[nodiscard]] bool is_note(finding_kind kind) noexcept;

struct finding {
    finding_kind kind;
    std::string path;                      /**< of the file that it is about */
    std::optional<std::uint64_t> record;   /**< in the index, from 0, if it is about one */
    std::optional<std::uint64_t> sequence; /**< of that frame, where it is known */
    std::uint64_t records = 0;             /**< how many in a row it is the same with */
    std::string text;                      /**< what, in words; of the first of them */
};

struct check_options {
    bool data = true;                /**< also read the frames that have a stamp */
    std::size_t most_findings = 100; /**< that are listed */

    /** Called on the caller's thread, now and then; must be quick and must not throw. */
    std::function<void(const transfer_progress&)> progress;

    /** Set it, from a signal handler or another thread, to end it. */
    const std::atomic<bool>* stop = nullptr;
};

struct check_result {
    std::string base;                   /**< OUT */
    std::optional<recording_info> info; /**< what OUT.json tells, if it can be read */
    recording_totals totals;            /**< of the records in the index that can be read */
    std::uint64_t verified = 0;         /**< frames whose bytes are those that were stamped */
    std::vector<finding> findings;      /**< as they were found */
    std::uint64_t more = 0;             /**< findings that are not listed */
    std::uint64_t wrong = 0;            /**< findings in all, without notes */

    [[nodiscard]] bool good() const noexcept { return wrong == 0; }
};

/**
 * Looks whether a recording is what its files say: their structure, the order of
 * its frames and, with options.data, the bytes of the frames that have a stamp.
 *
 * Damage is a finding, whatever the files hold. Of a recording that is going on
 * what is there so far is looked at.
 *
 * @param path see recording_base()
 * @throws error ENOENT when there is no such recording at all; EINTR when
 *         stopped; what keeps the system from reading, as EACCES
 */
[[nodiscard]] check_result check_recording(const std::string& path,
                                           const check_options& options = {});

struct repair_result {
    bool changed = false;              /**< else there was nothing to repair */
    recording_info info;               /**< as OUT.json tells it now */
    std::uint64_t verified = 0;        /**< frames whose bytes are those that were stamped */
    std::uint64_t lost = 0;            /**< records that were whole but had no whole frame, or
                                            the other way round */
    std::uint64_t index_bytes_cut = 0; /**< from OUT.index */
    std::uint64_t raw_bytes_cut = 0;   /**< from raw files, those that were removed included */
    std::uint32_t raw_files_removed = 0;
    bool json_rebuilt = false; /**< OUT.json was missing or damaged: its source is unknown now */
};

/**
 * Makes a recording that was cut off, or is damaged, a valid one of the frames
 * that are whole: whose record is, whose bytes are in their file and, if they
 * have a stamp and options.data says so, are what was stamped. What is behind
 * the last one is cut off; damage in front of it becomes missing frames.
 *
 * When it fails, or is killed, it can be done again. Done again, it changes
 * nothing.
 *
 * @param path see recording_base()
 * @throws error ENOENT when there is no index, or a raw file is missing in front
 *         of others; EBADMSG when the index's header is damaged, is of another
 *         recording than OUT.json, or a raw file in front of others has no whole
 *         frame: nothing was changed then. EBUSY when somebody is recording or
 *         repairing it; EINTR when stopped; those of open(2), write(2)
 */
repair_result repair_recording(const std::string& path, const check_options& options = {});

} // namespace memlane

#endif // MEMLANE_RECORDING_CHECK_HPP
