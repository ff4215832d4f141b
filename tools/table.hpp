// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_TABLE_HPP
#define MEMLANE_TOOLS_TABLE_HPP

#include <string>
#include <vector>

namespace memlane::tool {

/** How a column of a table stands. */
enum class align { left, right };

/**
 * Lays rows out in columns, two spaces apart, each as wide as its widest cell.
 *
 * @param columns one for each cell of every row
 * @return the lines, none with trailing spaces
 */
[[nodiscard]] std::string format_table(const std::vector<align>& columns,
                                       const std::vector<std::vector<std::string>>& rows);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_TABLE_HPP
