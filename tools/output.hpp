// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_OUTPUT_HPP
#define MEMLANE_TOOLS_OUTPUT_HPP

#include <string_view>

namespace memlane::tool {

/** Writes to standard output. @throws error when that fails: a full disk, a closed pipe */
void put(std::string_view text);

/** Writes a line to standard output. @throws error as put() */
void put_line(std::string_view text);

/** Gets everything out that is still buffered. @throws error as put() */
void finish_output();

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_OUTPUT_HPP
