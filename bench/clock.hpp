// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The clock of all measurements.
#ifndef MEMLANE_BENCH_CLOCK_HPP
#define MEMLANE_BENCH_CLOCK_HPP

#include <ctime>

namespace bench {

/// @return nanoseconds; in a guest of scripts/vm --icount, instructions.
inline double now()
{
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// @return what @p action took, in the units of now().
template <typename Action>
double time_of(Action&& action)
{
    const double start = now();
    action();
    return now() - start;
}

} // namespace bench

#endif
