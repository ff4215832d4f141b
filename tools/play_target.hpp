// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PLAY_TARGET_HPP
#define MEMLANE_TOOLS_PLAY_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "memlane/frame.hpp"
#include "memlane/recording_info.hpp"

namespace memlane::tool {

/** Where the frames of a recording go, one after the other. */
class play_target {
public:
    play_target() = default;
    play_target(const play_target&) = delete;
    play_target& operator=(const play_target&) = delete;
    virtual ~play_target() = default;

    /** @throws error when it is gone, full, or the frame does not fit */
    virtual void show(const frame& what, std::span<const std::byte> bytes) = 0;

    /** @return frames that it lost. */
    [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }
};

/**
 * @param name "-" for standard output, or a source: a region with slots gets
 *        each frame in a slot, a screen each picture, any other memory each
 *        frame at its start
 * @throws error EINVAL when a screen has another size or format than the
 *         pictures of the recording; ERANGE when a frame may be longer than
 *         there is room; those of open_source(), frame_producer
 */
[[nodiscard]] std::unique_ptr<play_target> open_play_target(const std::string& name,
                                                            const recording_info& info);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PLAY_TARGET_HPP
