// SPDX-License-Identifier: GPL-2.0-or-later
//
// A font of our own: glyphs of 5x7 pixels in cells of 6x8.
#ifndef MEMLANE_TOOLS_FONT_HPP
#define MEMLANE_TOOLS_FONT_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include "canvas.hpp"
#include "picture.hpp"

namespace memlane::tool {

inline constexpr std::int32_t cell_width = 6;
inline constexpr std::int32_t cell_height = 8;

/** Rows from the top; bit 4 is the left one of five pixels. */
using glyph = std::array<std::uint8_t, 7>;

/** @return the glyph of a printable ASCII character, a box for any other. */
[[nodiscard]] const glyph& glyph_of(char character) noexcept;

/** @return what a line takes, without the gaps behind and below it. @param scale pixels a dot */
[[nodiscard]] box text_box(std::string_view line, std::int32_t scale) noexcept;

/**
 * Draws a line of text, and nothing where the glyphs have no dot.
 *
 * @param left of the first glyph
 * @param top of the glyphs
 * @param scale pixels a dot, at least 1
 */
void draw_text(picture& target, std::string_view line, std::int32_t left, std::int32_t top,
               std::int32_t scale, rgb colour);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_FONT_HPP
