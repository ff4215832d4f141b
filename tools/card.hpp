// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_CARD_HPP
#define MEMLANE_TOOLS_CARD_HPP

#include <memory>

#include "patterns.hpp"

namespace memlane::tool {

/**
 * A test card. What is wrong with a picture is seen on it: a stride (lines that
 * are no longer upright), an aspect (circles), an edge that is cut off (the
 * outermost pixels are white), colours that are exchanged, levels that are
 * lost, pixels that are not shown one by one (gratings), frames that are not
 * shown (a hand and a counter).
 *
 * It works for any size; what there is no room for is left out.
 */
[[nodiscard]] std::unique_ptr<animation> make_card(const pattern_setting& setting);

/** White, yellow, cyan, green, magenta, red, blue, black, side by side. */
void draw_colour_bars(picture& target, const box& where);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_CARD_HPP
