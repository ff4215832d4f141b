// SPDX-License-Identifier: GPL-2.0-or-later
#include "picture.hpp"

namespace memlane::tool {

picture::picture(extent size, rgb fill)
    : size_(size), pixels_(std::size_t{size.width} * size.height, fill)
{
}

std::span<rgb> picture::row(std::uint32_t y) noexcept
{
    return std::span(pixels_).subspan(std::size_t{size_.width} * y, size_.width);
}

std::span<const rgb> picture::row(std::uint32_t y) const noexcept
{
    return std::span(pixels_).subspan(std::size_t{size_.width} * y, size_.width);
}

picture transposed(const picture& from)
{
    picture turned({from.size().height, from.size().width});
    for (std::uint32_t y = 0; y < from.size().height; ++y) {
        const std::span<const rgb> row = from.row(y);
        for (std::uint32_t x = 0; x < row.size(); ++x) {
            turned.row(x)[y] = row[x];
        }
    }
    return turned;
}

} // namespace memlane::tool
