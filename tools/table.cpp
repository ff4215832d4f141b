// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace memlane::tool {

namespace {

std::size_t column_width(const std::vector<std::vector<std::string>>& rows, std::size_t column)
{
    std::size_t width = 0;
    for (const auto& row : rows) {
        width = std::max(width, row[column].size());
    }
    return width;
}

} // namespace

std::string format_table(const std::vector<align>& columns,
                         const std::vector<std::vector<std::string>>& rows)
{
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::size_t width = column_width(rows, i);
            line += i == 0 ? "" : "  ";
            line += columns[i] == align::left ? fmt::format("{:<{}}", row[i], width)
                                              : fmt::format("{:>{}}", row[i], width);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

} // namespace memlane::tool
