// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PRODUCE_HPP
#define MEMLANE_TOOLS_PRODUCE_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "frame_content.hpp"
#include "memlane/frame_producer.hpp"

namespace memlane::tool {

/** What to commit, how fast and how long. */
struct production {
    std::uint32_t length_bytes = 0;
    frame_content content = frame_content::counter;
    bool stamped = true;          /**< else a slot is filled when it first comes to hand */
    double frames_per_second = 0; /**< 0: as fast as can be */
    std::optional<std::uint64_t> frames;
    std::optional<std::chrono::duration<double>> elapsed; /**< no frame is due from then on */
};

/** How far it got. */
struct produced {
    std::uint64_t frames = 0;
    std::uint64_t dropped = 0; /**< frames that the ring lost meanwhile */
    std::chrono::duration<double> elapsed = {};

    [[nodiscard]] double frames_per_second() const noexcept
    {
        return elapsed.count() > 0 ? static_cast<double>(frames) / elapsed.count() : 0;
    }
};

/**
 * Commits one frame after the other, each when the clock says so.
 *
 * @param stop ends it behind a frame
 * @param progress is called behind each frame, with a function that tells how far it is
 */
[[nodiscard]] produced
produce(frame_producer& producer, const production& what, const std::atomic<bool>& stop,
        const std::function<void(const std::function<produced()>&)>& progress);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PRODUCE_HPP
