// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame.hpp"

#include <fmt/format.h>

#include <vector>

namespace memlane::tool {

std::uint64_t page_offset(const screen_mode& mode, std::uint32_t page) noexcept
{
    return mode.stride_bytes * mode.size.height * page;
}

memory_writer frame_writer(const screen& target, const screen_mode& mode,
                           std::uint64_t offset_bytes)
{
    return {target.memory(), offset_bytes, mode.page_bytes()};
}

void write_frame(const picture& from, const box& where, const screen_mode& mode,
                 const memory_writer& frame)
{
    const box area = clipped(where, mode.size);
    const std::size_t pixel = mode.layout.bytes();
    const auto left = static_cast<std::size_t>(area.left);
    const auto width = static_cast<std::size_t>(area.width);
    std::vector<std::byte> row(width * pixel);
    for (std::int32_t y = area.top; y < area.bottom(); ++y) {
        const auto line = static_cast<std::uint32_t>(y);
        pack_pixels(mode.layout, from.row(line).subspan(left, width), row);
        frame.write(mode.stride_bytes * line + left * pixel, row);
    }
}

picture read_frame(const screen_mode& mode, const memory_reader& frame, const palette& indices)
{
    picture shown(mode.size);
    std::vector<std::byte> row(mode.row_bytes());
    for (std::uint32_t y = 0; y < mode.size.height; ++y) {
        frame.read(mode.stride_bytes * y, row);
        unpack_pixels(mode.layout, row, shown.row(y), indices);
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
