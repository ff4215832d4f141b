// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_TABLES_HPP
#define MEMLANE_BENCH_TABLES_HPP

#include "results.hpp"

#include <string>

namespace bench {

/// @return everything that was measured, as tables in Markdown
std::string tables(const results& from);

} // namespace bench

#endif
