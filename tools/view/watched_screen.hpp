// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_WATCHED_SCREEN_HPP
#define MEMLANE_TOOLS_VIEW_WATCHED_SCREEN_HPP

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "memlane/memory_reader.hpp"
#include "memlane/screen.hpp"

namespace memlane::tool {

/** A screen for as long as somebody looks. */
struct glimpse {
    const screen_mode& mode;
    const palette& colours;
    const memory_reader& pixels; /**< of what is shown: mode.stride_bytes from row to row */
    bool is_news;                /**< it has changed after a rest: better compare all of it */
};

/** A screen that is looked at again and again. */
class watched_screen {
public:
    watched_screen() = default;
    watched_screen(const watched_screen&) = delete;
    watched_screen& operator=(const watched_screen&) = delete;
    virtual ~watched_screen() = default;

    /**
     * Calls @p see, unless nothing can have changed since the last time.
     *
     * @param anew in any case
     * @throws error ENODEV, EFAULT when the screen is gone; what @p see throws
     */
    virtual void look(bool anew, const std::function<void(const glimpse&)>& see) = 0;
};

/** How often a screen is looked at again after the last sign of a change. */
inline constexpr unsigned looks_after_change = 4;

/** Stays open and mapped; what changes is found only by looking. */
[[nodiscard]] std::unique_ptr<watched_screen> hold_screen(screen shown);

/**
 * Opened to look only, and only when the driver says that something happened:
 * an open region cannot be destroyed, which is not a spectator's to prevent.
 *
 * @param attributes the region's directory in sysfs, where "frames" counts
 * @param open opens the screen
 * @throws error as open(2) of "frames"
 */
[[nodiscard]] std::unique_ptr<watched_screen> count_screen(const std::string& attributes,
                                                           std::function<screen()> open);

/** Watches the way that suits it. @throws error see screen */
[[nodiscard]] std::unique_ptr<watched_screen> watch_screen(const std::string& uri,
                                                           const std::optional<geometry>& as);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_WATCHED_SCREEN_HPP
