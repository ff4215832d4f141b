// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_TEXT_PATTERN_HPP
#define MEMLANE_TOOLS_TEXT_PATTERN_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "picture.hpp"

namespace memlane::tool {

/**
 * @param columns of a line, at least 1
 * @return the lines of @p text; one that is too long is broken between words,
 *         a word that is too long inside
 */
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/** @return white text in the middle of black, wrapped, as large as there is room for. */
[[nodiscard]] picture draw_wrapped(std::string_view text, extent size);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_TEXT_PATTERN_HPP
