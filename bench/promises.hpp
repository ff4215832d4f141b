// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_PROMISES_HPP
#define MEMLANE_BENCH_PROMISES_HPP

#include "results.hpp"

#include <string>
#include <vector>

namespace bench {

/// A number that the project promises, and what was measured.
struct promise {
    std::string what;
    double measured;
    double limit;
    bool at_least;

    [[nodiscard]] bool kept() const { return at_least ? measured >= limit : measured <= limit; }
};

/// @return all of which the numbers were measured
std::vector<promise> promises(const results& from);

} // namespace bench

#endif
