// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What work costs a guest of scripts/vm that also has to wait for disks.
#ifndef MEMLANE_BENCH_BUSY_CLOCK_HPP
#define MEMLANE_BENCH_BUSY_CLOCK_HPP

#include <cstdint>

#include <sys/types.h>

namespace bench {

/// Counts instructions under --icount when the work sleeps. The clock of such a guest jumps
/// over idle time, so nothing idles: a child of this process, which everything else preempts,
/// spins and counts its turns, and what it spent is taken off. One at a time, since it takes
/// the only CPU. Errors are std::system_error.
class busy_clock {
public:
    busy_clock();
    busy_clock(const busy_clock&) = delete;
    busy_clock& operator=(const busy_clock&) = delete;
    ~busy_clock();

    /// @return instructions that anything but the child has executed, since some point
    [[nodiscard]] double now() const;

private:
    [[nodiscard]] double turns() const;

    volatile std::uint64_t* turns_;
    pid_t child_;
    double instructions_a_turn_ = 0;
};

/// @return seconds that the guest's CPUs were not idle, all together, since it started: every
///     process, interrupt and kernel thread. @throws std::runtime_error
double busy_seconds();

} // namespace bench

#endif
