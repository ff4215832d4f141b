// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_PLOTS_HPP
#define MEMLANE_BENCH_PLOTS_HPP

#include "results.hpp"

#include <string>

namespace bench {

/// Draws what was measured, each plot as NAME.svg and NAME.png in @p folder, by gnuplot.
/// @throws std::runtime_error if gnuplot is not there or refuses
void draw_plots(const results& from, const std::string& folder);

} // namespace bench

#endif
