// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PLAY_HPP
#define MEMLANE_TOOLS_PLAY_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "memlane/recording.hpp"
#include "play_target.hpp"

namespace memlane::tool {

/** How fast, and how often. */
struct play_speed {
    std::optional<double> frames_per_second; /**< 0: as fast as can be; else by the timestamps */
    bool loop = false;                       /**< begin anew at the end */
};

/** How it went. */
struct played {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t dropped = 0; /**< frames that the target lost */
    std::chrono::duration<double> elapsed = {};
};

/**
 * Shows all frames of a recording, each when the clock says so.
 *
 * @param stop ends it behind a frame
 * @param progress is called behind each frame
 */
[[nodiscard]] played play(recording& from, play_target& to, const play_speed& speed,
                          const std::atomic<bool>& stop,
                          const std::function<void(const played&)>& progress);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PLAY_HPP
