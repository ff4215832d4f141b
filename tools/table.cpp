// SPDX-License-Identifier: GPL-2.0-or-later
#include "table.hpp"
#include "printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace memlane::tool {

namespace {

using table_rows = std::vector<std::vector<std::string>>;

/** What is in a cell may be the name of something, as others chose it. */
table_rows printable_rows(const table_rows& rows)
{
    table_rows shown = rows;
    for (auto& row : shown) {
        std::transform(row.begin(), row.end(), row.begin(),
                       [](const std::string& cell) { return printable(cell); });
    }
    return shown;
}

std::size_t column_width(const table_rows& rows, std::size_t column)
{
    std::size_t width = 0;
    for (const auto& row : rows) {
        width = std::max(width, row[column].size());
    }
    return width;
}

} // namespace

std::string format_table(const std::vector<align>& columns,
                         const std::vector<std::vector<std::string>>& cells)
{
    const table_rows rows = printable_rows(cells);
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
