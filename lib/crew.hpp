// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Threads that move pieces of a job by pread(2) and pwrite(2).
#ifndef MEMLANE_LIB_CREW_HPP
#define MEMLANE_LIB_CREW_HPP

#include "job.hpp"

namespace memlane::detail {

/** What is between the memory and the system call. */
enum class staging {
    none,   /**< nothing: the system call is given the mapping */
    buffer, /**< a buffer of its own for each thread, aligned for any direct I/O */
};

/**
 * Moves a job, one I/O a thread at a time. With a buffer, one thread's copy
 * overlaps another's I/O.
 *
 * @param threads at least 1, which is the caller's own
 */
[[nodiscard]] outcome run_crew(const job& work, const watch& observer, staging how,
                               unsigned threads);

} // namespace memlane::detail

#endif // MEMLANE_LIB_CREW_HPP
