// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_TRANSFER_HPP
#define MEMLANE_TRANSFER_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "memlane/region.hpp"

namespace memlane {

/** Ways between a region and a file. */
enum class way {
    automatic, /**< the best that the file and the offsets permit */
    kernel,    /**< SAVE and LOAD of the driver: no copy, no mapping */
    direct,    /**< io_uring on a mapping and a file with O_DIRECT: no copy */
    buffered,  /**< a mapping and the page cache: one copy */
};

/** @return "auto", "kernel", "direct" or "buffered". */
[[nodiscard]] std::string_view to_string(way which) noexcept;

/** What a transfer is at. */
enum class transfer_phase { moving, verifying };

struct transfer_progress {
    transfer_phase phase;
    std::uint64_t done_bytes;  /**< of this phase */
    std::uint64_t total_bytes; /**< of this phase */
};

struct transfer_options {
    std::uint64_t offset_bytes = 0;            /**< first byte in the region */
    std::optional<std::uint64_t> length_bytes; /**< default: all there is */

    /**
     * First byte in the file. Without a value a regular target is replaced:
     * afterwards it holds what was saved and nothing else. With one, even 0,
     * what lies before and behind the range is kept.
     */
    std::optional<std::uint64_t> file_offset_bytes;

    std::uint32_t io_bytes = 0; /**< of one I/O, multiple of the page; 0: 4 MiB */
    std::uint32_t depth = 0;    /**< I/Os in flight, at most 64; 0: 4 */
    way requested = way::automatic;
    bool sync = true;    /**< fdatasync(2) a target at the end */
    bool verify = false; /**< read the file back and compare */

    /** Called on the caller's thread, now and then; must be quick and must not throw. */
    std::function<void(const transfer_progress&)> progress;

    /**
     * Set it, from a signal handler or another thread, to end the transfer.
     * I/O in flight is waited for; a system call that sleeps goes on sleeping
     * until a signal reaches this thread.
     */
    const std::atomic<bool>* stop = nullptr;
};

struct transfer_result {
    std::uint64_t bytes;
    std::chrono::nanoseconds elapsed; /**< until on the device; verify excluded */
    way used;
    std::string reason; /**< why that way, in words */
};

/**
 * Writes a range of a region to a regular file or a block device.
 *
 * Nothing of an existing file is lost before everything that can be checked
 * was. After an error a regular file ends behind its last valid byte, and a new
 * one without any is removed; a process that is killed leaves a file of full
 * length. RLIMIT_FSIZE raises SIGXFSZ, so ignore that signal to get the EFBIG.
 *
 * @throws transfer_error when it began and ended early, EINTR when stopped
 * @throws error before it began: EINVAL for a range outside the region, an
 *         option out of its limits, or a way that @p path does not permit; see
 *         direct_file; EBADMSG when verify finds a difference
 */
transfer_result save(const region& source, const std::string& path,
                     const transfer_options& options = {});

/**
 * Fills a range of a region from a regular file or a block device. Without a
 * length, the file up to its end, or as much of the device as the region takes.
 * No byte outside the range changes.
 *
 * @param target opened read_write
 * @throws transfer_error, error as save(); EFBIG when the rest of the file does
 *         not fit; EINVAL when the file ends before the length asked for
 */
transfer_result load(const std::string& path, const region& target,
                     const transfer_options& options = {});

} // namespace memlane

#endif // MEMLANE_TRANSFER_HPP
