// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_TRANSFER_HPP
#define MEMLANE_TRANSFER_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "memlane/checksum.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/source.hpp"
#include "memlane/way.hpp"

namespace memlane {

/** What a transfer is at. */
enum class transfer_phase { moving, verifying };

struct transfer_progress {
    transfer_phase phase;
    std::uint64_t done_bytes;  /**< of this phase */
    std::uint64_t total_bytes; /**< of this phase */
};

struct transfer_options {
    std::uint64_t offset_bytes = 0;            /**< first byte in the source */
    std::optional<std::uint64_t> length_bytes; /**< default: all there is */

    /**
     * First byte in the file. Without a value a regular target is replaced:
     * afterwards it holds what was saved and nothing else. With one, even 0,
     * what lies before and behind the range is kept.
     */
    std::optional<std::uint64_t> file_offset_bytes;

    std::uint32_t io_bytes = 0; /**< of one I/O, multiple of the page; 0: 4 or 16 MiB */
    std::uint32_t depth = 0;    /**< I/Os in flight, at most 64; 0: 4 */
    way_kind requested = way_kind::automatic;
    bool sync = true;    /**< fdatasync(2) a target at the end */
    bool verify = false; /**< read the file back and compare */

    /** Permissions of a regular file that is made; one that is there keeps its own. */
    std::uint32_t file_mode = private_mode;

    /**
     * Computes it over the bytes that are moved: on their way where the CPU
     * copies them, and where it does not only together with verify, from what
     * was read back.
     */
    std::optional<checksum_kind> checksum;

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
    way_kind used;
    std::string reason;           /**< why that way, in words */
    std::string checksum;         /**< hex digits, if one was asked for */
    std::chrono::nanoseconds cpu; /**< of the process meanwhile, all its threads */
};

/**
 * Writes a range of a source to a regular file, a block device or a FIFO, or
 * with "-" to standard output, which may be a pipe or a socket.
 *
 * Nothing of an existing file is lost before everything that can be checked
 * was. After an error a regular file ends behind its last valid byte, and a new
 * one without any is removed; a process that is killed leaves a file of full
 * length. RLIMIT_FSIZE raises SIGXFSZ, so ignore that signal to get the EFBIG.
 *
 * @throws transfer_error when it began and ended early, EINTR when stopped
 * @throws error before it began: EOVERFLOW for a range that ends where no file
 *         can; EINVAL for a range outside the source, an
 *         option out of its limits, or a way that does not work here; see
 *         direct_file; EBADMSG when verify finds a difference
 */
transfer_result save(const source& memory, const std::string& path,
                     const transfer_options& options = {});

/**
 * Writes a range of a source to a pipe, a socket, or whatever else takes
 * write(2). A pipe may get pages instead of bytes: what it holds then changes
 * with the memory until it is read. A reader that has gone raises SIGPIPE, so
 * ignore that signal to get the EPIPE.
 *
 * @param fd borrowed
 * @throws transfer_error, error as save(); EINVAL for an option that only a
 *         file has (verify, file_offset_bytes)
 */
transfer_result save(const source& memory, int fd, const transfer_options& options = {});

/**
 * Fills a range of a source from a regular file, a block device or a FIFO, or
 * with "-" from standard input, which may be a pipe or a socket. Without a
 * length, the file up to its end, or as much of the device as the source takes.
 * No byte outside the range changes.
 *
 * @param memory opened read_write
 * @throws transfer_error, error as save(); EFBIG when the rest of the file does
 *         not fit; EINVAL when the file ends before the length asked for
 */
transfer_result load(const std::string& path, const source& memory,
                     const transfer_options& options = {});

/**
 * Fills a range of a source from what comes out of a pipe or a socket, up to
 * its end or, with a length, up to that.
 *
 * @param fd borrowed
 * @throws transfer_error, error as load(); EFBIG when more comes than fits
 */
transfer_result load(int fd, const source& memory, const transfer_options& options = {});

} // namespace memlane

#endif // MEMLANE_TRANSFER_HPP
