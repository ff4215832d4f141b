// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame.hpp"

#include <fmt/format.h>

namespace memlane::tool {

void write_frame(const picture& from, const box& where, const screen_mode& mode,
                 std::span<std::byte> frame)
{
    const box area = clipped(where, mode.size);
    const std::size_t pixel = mode.layout.bytes();
    const auto left = static_cast<std::size_t>(area.left);
    const auto width = static_cast<std::size_t>(area.width);
    for (std::int32_t y = area.top; y < area.bottom(); ++y) {
        const auto line = static_cast<std::uint32_t>(y);
        const auto start = static_cast<std::size_t>(mode.stride_bytes * line);
        pack_pixels(mode.layout, from.row(line).subspan(left, width),
                    frame.subspan(start + left * pixel, width * pixel));
    }
}

picture read_frame(const screen_mode& mode, std::span<const std::byte> frame,
                   const palette& indices)
{
    picture shown(mode.size);
    for (std::uint32_t y = 0; y < mode.size.height; ++y) {
        const auto start = static_cast<std::size_t>(mode.stride_bytes * y);
        unpack_pixels(mode.layout, frame.subspan(start, mode.row_bytes()), shown.row(y), indices);
    }
    return shown;
}

std::string layout_label(const pixel_layout& layout)
{
    if (const auto format = format_of(layout)) {
        return std::string(to_string(*format));
    }
    if (layout.indexed) {
        return fmt::format("{} bits indexed", layout.bits);
    }
    return fmt::format("{} bits r{}g{}b{}", layout.bits, layout.red.length, layout.green.length,
                       layout.blue.length);
}

std::string size_label(extent size)
{
    return fmt::format("{}x{}", size.width, size.height);
}

std::string mode_label(const screen_mode& mode)
{
    return fmt::format("{} {}", size_label(mode.size), layout_label(mode.layout));
}

} // namespace memlane::tool
