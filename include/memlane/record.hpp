// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_RECORD_HPP
#define MEMLANE_RECORD_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "memlane/direct_file.hpp"
#include "memlane/recording_info.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/way.hpp"

namespace memlane {

/** How a recording gets on. */
struct record_progress {
    std::chrono::nanoseconds elapsed;
    std::uint64_t frames;     /**< written */
    std::uint64_t bytes;      /**< of them */
    std::uint64_t dropped;    /**< missing between the frames taken */
    std::uint32_t waiting;    /**< in the ring or in hand, not yet written */
    std::uint32_t slots;      /**< of the ring; 0 for a framebuffer */
    std::uint64_t free_bytes; /**< left on the disk for us */
};

struct record_options {
    std::optional<std::uint64_t> frames;              /**< end after so many */
    std::optional<std::chrono::nanoseconds> duration; /**< end after so long */

    std::uint64_t rotate_bytes = 0; /**< begin another raw file at this size; 0: never */

    /**
     * Bytes between two sync points, up to which a recording that was cut off
     * can be repaired, at least 1; there is one each second at least.
     */
    std::uint64_t sync_every_bytes = 1ULL << 30U;

    /** Permissions of the files that are made. */
    std::uint32_t file_mode = private_mode;

    std::optional<drop_policy> policy; /**< what is dropped meanwhile; default: the region's */
    bool replace = false;              /**< a recording that is there goes */

    /** Called on the caller's thread, about ten times a second; must not throw. */
    std::function<void(const record_progress&)> progress;

    /**
     * Set it, from a signal handler or another thread, to end the recording
     * with all frames that were committed before. It is looked at once a second
     * at least, and when a signal comes.
     */
    const std::atomic<bool>* stop = nullptr;
};

/** What became of a recording. */
struct record_result {
    recording_info info; /**< as in OUT.json */
    std::chrono::nanoseconds elapsed;
    std::chrono::nanoseconds cpu; /**< of the process meanwhile, all its threads */
    way_kind used;
    int errnum = 0;         /**< why it ended early, or 0 */
    std::uint64_t lost = 0; /**< frames that were taken but are not in the recording */
    bool locked = true;     /**< whether others could tell that it went on, see flock(2) */
};

/**
 * Writes a region's frames to OUT.raw, OUT.index and OUT.json, until the end
 * that the options name: those of a ring in order, each once; of a framebuffer
 * each flip, or with a single page each refresh that may have changed it.
 *
 * A recording that ends early, since the disk is full or the driver is gone,
 * is no exception: it is valid, holds all frames up to there, and errnum and
 * info.end tell why.
 *
 * @param name NAME, memlane:NAME or /dev/memlane/NAME
 * @param base OUT, without a suffix
 * @throws error before it began: EEXIST when there is such a recording; EBUSY
 *         when it is being written, or another program takes the frames;
 *         EOPNOTSUPP for a region with neither slots nor a geometry; EINVAL
 *         for a rotation below the size of a slot; those of region and
 *         direct_file
 */
[[nodiscard]] record_result record(const std::string& name, const std::string& base,
                                   const record_options& options = {});

} // namespace memlane

#endif // MEMLANE_RECORD_HPP
