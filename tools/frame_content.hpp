// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `memlane produce` fills frames with.
#ifndef MEMLANE_TOOLS_FRAME_CONTENT_HPP
#define MEMLANE_TOOLS_FRAME_CONTENT_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace memlane::tool {

enum class frame_content {
    counter, /**< each 8 bytes tell where they are: 4 bytes offset, 4 bytes sequence number */
    noise,   /**< that no compression shortens; the same for the same sequence number */
    zero,
};

/** @return "counter", "noise" or "zero". */
[[nodiscard]] std::string_view to_string(frame_content content) noexcept;

/** Fills @p frame; numbers are little-endian. */
void fill_frame(std::span<std::byte> frame, frame_content content, std::uint64_t sequence) noexcept;

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_FRAME_CONTENT_HPP
