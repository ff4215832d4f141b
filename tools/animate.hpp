// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_ANIMATE_HPP
#define MEMLANE_TOOLS_ANIMATE_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "memlane/screen.hpp"
#include "patterns.hpp"

namespace memlane::tool {

/** How long, and how fast. */
struct animation_limits {
    std::optional<std::uint64_t> frames;                  /**< as many are drawn */
    std::optional<std::chrono::duration<double>> elapsed; /**< no frame is due from then on */
    std::optional<double> frames_per_second;              /**< else as the mode refreshes, or 30 */
};

/** How it went. */
struct animation_result {
    std::uint64_t frames = 0;
    std::uint64_t late = 0; /**< frames that were due, but over before they could be drawn */
    std::chrono::duration<double> elapsed = {};
};

/** Makes what is to be drawn on a screen of some mode. */
using animation_maker = std::function<std::unique_ptr<animation>(const screen_mode&)>;

/**
 * Draws one frame after the other, each when the clock says so: in a page that
 * is not shown, then that is shown; or, with one page or @p can_flip false, in
 * the one that is. A mode that changes is followed.
 *
 * @param stop ends it behind a frame
 * @throws error when the screen is gone, or shows no other page
 */
[[nodiscard]] animation_result animate(screen& target, bool can_flip, const animation_maker& make,
                                       const animation_limits& limits,
                                       const std::atomic<bool>& stop);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_ANIMATE_HPP
