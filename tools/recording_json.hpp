// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is said of recordings.
#ifndef MEMLANE_TOOLS_RECORDING_JSON_HPP
#define MEMLANE_TOOLS_RECORDING_JSON_HPP

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "memlane/recording_check.hpp"
#include "memlane/recording_info.hpp"

namespace memlane::tool {

[[nodiscard]] nlohmann::ordered_json to_json(const recording_totals& totals);

/** @param totals of the frames; while it is going on, or was cut off, info has none */
[[nodiscard]] nlohmann::ordered_json to_json(const std::string& base, const recording_info& info,
                                             const recording_totals& totals);

[[nodiscard]] nlohmann::ordered_json to_json(const finding& found);

/** @return rows of a table */
[[nodiscard]] std::vector<std::vector<std::string>>
rows_of(const std::string& base, const recording_info& info, const recording_totals& totals);

/** @return a line */
[[nodiscard]] std::string describe(const finding& found);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_RECORDING_JSON_HPP
