// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The ways themselves: each takes a job and says how it went. None throws for
// what a file or the memory refuses.
#ifndef MEMLANE_LIB_WAYS_HPP
#define MEMLANE_LIB_WAYS_HPP

#include <span>

#include "job.hpp"

namespace memlane::detail {

/** SAVE or LOAD: one call, or steps of a fraction of a second for the sake of progress. */
[[nodiscard]] outcome run_kernel(const job& work, const watch& observer);

/** io_uring on a mapping; where io_uring is refused, as run_syscalls(). */
[[nodiscard]] outcome run_direct(const job& work, const watch& observer);

/** pwrite(2) or pread(2) on a mapping, one at a time; direct if the file is. */
[[nodiscard]] outcome run_syscalls(const job& work, const watch& observer);

/** Part of the memory of a job, mapped. */
struct window {
    std::span<std::byte> bytes;
    std::uint64_t skip; // bytes of the job before it
};

/**
 * Maps a job's memory piece by piece, since it may be larger than the address
 * space, and calls @p move for each until one comes back short.
 *
 * @param move outcome(const window&)
 */
template <typename Move>
outcome for_each_window(const job& work, Move move)
{
    constexpr std::uint64_t usual_bytes = 256U << 20U;
    const std::uint64_t window_bytes = std::max<std::uint64_t>(usual_bytes, work.io_bytes);

    outcome total;
    while (total.done_bytes < work.length) {
        const std::uint64_t left = work.length - total.done_bytes;
        const auto length = static_cast<std::size_t>(std::min(window_bytes, left));
        try {
            const mapping part(work.memory_fd, work.offset + total.done_bytes, length,
                               work.mapping_mode());
            const outcome moved = move(window{part.bytes(), total.done_bytes});
            total.done_bytes += moved.done_bytes;
            total.errnum = moved.errnum;
            if (moved.errnum != 0 || moved.done_bytes < length) {
                break;
            }
        } catch (const std::system_error& e) {
            total.errnum = e.code().value();
            break;
        }
    }
    return total;
}

} // namespace memlane::detail

#endif // MEMLANE_LIB_WAYS_HPP
