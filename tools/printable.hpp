// SPDX-License-Identifier: GPL-2.0-or-later
//
// Text that came from elsewhere, such as the names of files and what a recording says of
// itself, on its way to a terminal.
#ifndef MEMLANE_TOOLS_PRINTABLE_HPP
#define MEMLANE_TOOLS_PRINTABLE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace memlane::tool {

/** One character of a text in UTF-8, or a byte that is none. */
struct character {
    char32_t code = 0;
    std::size_t length = 1; /**< in bytes */
    bool valid = false;
};

/** @param text not empty @return the first of it */
[[nodiscard]] character first_character(std::string_view text) noexcept;

/** @return whether it would move the cursor, or the direction in which text is written. */
[[nodiscard]] bool is_control(char32_t code) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/**
 * @return @p text in one line, as it can be shown to a terminal: each byte of a control
 *         character, and each that is not UTF-8, is "\x1b" and the like
 */
[[nodiscard]] std::string printable(std::string_view text);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PRINTABLE_HPP
