// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_GEOMETRY_HPP
#define MEMLANE_GEOMETRY_HPP

#include <cstdint>
#include <string_view>

#include "memlane/pixel.hpp"

namespace memlane {

/** A picture's width and height in pixels, neither of them 0. */
struct extent {
    std::uint32_t width;
    std::uint32_t height;

    friend bool operator==(const extent&, const extent&) = default;
};

/**
 * @param text "1920x1080"
 * @throws std::invalid_argument when it is anything else, or a side is 0 or
 *         above 65535; its what() quotes @p text
 */
[[nodiscard]] extent parse_extent(std::string_view text);

/** What a framebuffer shall be. */
struct geometry {
    extent size;
    pixel_format format = pixel_format::xrgb8888;
    std::uint32_t pages = 1;       /**< pictures one behind the other, to flip between */
    std::uint32_t refresh_hz = 60; /**< 1 to 1000 */

    friend bool operator==(const geometry&, const geometry&) = default;
};

/**
 * @return bytes from one row to the next in a framebuffer of the driver's:
 *         rounded up to 64, and with several pages as far as it takes for
 *         each to begin on a memory page
 */
[[nodiscard]] std::uint64_t stride_of(const geometry& wanted) noexcept;

/** @return bytes of all pages together. */
[[nodiscard]] std::uint64_t size_of(const geometry& wanted) noexcept;

} // namespace memlane

#endif // MEMLANE_GEOMETRY_HPP
