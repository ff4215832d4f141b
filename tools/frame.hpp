// SPDX-License-Identifier: GPL-2.0-or-later
//
// Between a picture and the rows of a screen, which may vanish meanwhile.
#ifndef MEMLANE_TOOLS_FRAME_HPP
#define MEMLANE_TOOLS_FRAME_HPP

#include <cstdint>
#include <string>

#include "canvas.hpp"
#include "memlane/memory_reader.hpp"
#include "memlane/memory_writer.hpp"
#include "memlane/screen.hpp"
#include "picture.hpp"

namespace memlane::tool {

/** @return where a page begins in a screen's memory. */
[[nodiscard]] std::uint64_t page_offset(const screen_mode& mode, std::uint32_t page) noexcept;

/** @param offset_bytes of the first pixel @return the rows of a picture. @throws as source::map()
 */
[[nodiscard]] memory_writer frame_writer(const screen& target, const screen_mode& mode,
                                         std::uint64_t offset_bytes);

/**
 * Writes a part of a picture to the same place of a frame: each pixel once, in
 * the order of their addresses. Nothing is read, and what lies between rows is
 * left alone, as device memory likes it.
 *
 * @param from as large as the mode is
 * @param frame from its first pixel to its last at least
 * @throws error EFAULT when the memory is gone
 */
void write_frame(const picture& from, const box& where, const screen_mode& mode,
                 const memory_writer& frame);

/** @param indices see unpack_pixels() @throws error EFAULT when the memory is gone */
[[nodiscard]] picture read_frame(const screen_mode& mode, const memory_reader& frame,
                                 const palette& indices);

/** @return "xrgb8888" and the like, or "16 bits r5g5b5" where it has no name. */
[[nodiscard]] std::string layout_label(const pixel_layout& layout);

/** @return "1920x1080". */
[[nodiscard]] std::string size_label(extent size);

/** @return "1920x1080 xrgb8888". */
[[nodiscard]] std::string mode_label(const screen_mode& mode);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_FRAME_HPP
