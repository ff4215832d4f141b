// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What is said of samples.
#ifndef MEMLANE_BENCH_STATISTICS_HPP
#define MEMLANE_BENCH_STATISTICS_HPP

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace bench {

/// @return the middle one, the upper of two. @throws std::invalid_argument if there is none
inline double median(std::vector<double> values)
{
    if (values.empty()) {
        throw std::invalid_argument("no sample");
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace bench

#endif
