// SPDX-License-Identifier: GPL-2.0-or-later
//
// Between a picture and the rows of a screen, as screen::map_page() and
// screen::map_shown() map them.
#ifndef MEMLANE_TOOLS_FRAME_HPP
#define MEMLANE_TOOLS_FRAME_HPP

#include <cstddef>
#include <span>
#include <string>

#include "canvas.hpp"
#include "memlane/screen.hpp"
#include "picture.hpp"

namespace memlane::tool {

/**
 * Writes a part of a picture to the same place of a frame: each pixel once, in
 * the order of their addresses. Nothing is read, and what lies between rows is
 * left alone, as device memory likes it.
 *
 * @param from as large as the mode is
 */
void write_frame(const picture& from, const box& where, const screen_mode& mode,
                 std::span<std::byte> frame);

/** @param indices see unpack_pixels() */
[[nodiscard]] picture read_frame(const screen_mode& mode, std::span<const std::byte> frame,
                                 const palette& indices);

/** @return "xrgb8888" and the like, or "16 bits r5g5b5" where it has no name. */
[[nodiscard]] std::string layout_label(const pixel_layout& layout);

/** @return "1920x1080". */
[[nodiscard]] std::string size_label(extent size);

/** @return "1920x1080 xrgb8888". */
[[nodiscard]] std::string mode_label(const screen_mode& mode);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_FRAME_HPP
