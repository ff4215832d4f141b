// SPDX-License-Identifier: GPL-2.0-or-later
//
// Drawing into a picture. What lies outside of it is left out.
#ifndef MEMLANE_TOOLS_CANVAS_HPP
#define MEMLANE_TOOLS_CANVAS_HPP

#include <cstdint>

#include "picture.hpp"

namespace memlane::tool {

/** A rectangle of pixels; it may lie outside of a picture. */
struct box {
    std::int32_t left;
    std::int32_t top;
    std::int32_t width;
    std::int32_t height;

    [[nodiscard]] std::int32_t right() const noexcept { return left + width; }
    [[nodiscard]] std::int32_t bottom() const noexcept { return top + height; }

    friend bool operator==(const box&, const box&) = default;
};

/** @return all of a picture. */
[[nodiscard]] box whole(extent size) noexcept;

/** @return the part of @p wanted that lies inside; nothing of it may. */
[[nodiscard]] box clipped(const box& wanted, extent size) noexcept;

/**
 * A point on a grid twice as fine as the pixels, so that the middle of any
 * picture is one: pixel x has its middle at 2 * x.
 */
struct half_point {
    std::int32_t x;
    std::int32_t y;
};

/** @return the middle of a picture: of a pixel, or between two. */
[[nodiscard]] half_point middle(extent size) noexcept;

void fill_box(picture& target, const box& where, rgb colour);

/** Its outermost pixels only. */
void outline_box(picture& target, const box& where, rgb colour);

/** All pixels whose distance is at most @p radius. */
void fill_disc(picture& target, half_point centre, double radius, rgb colour);

/** All pixels whose distance is at most @p radius, but more than @p radius - @p thickness. */
void draw_ring(picture& target, half_point centre, double radius, double thickness, rgb colour);

/** A straight line with round ends. @param thickness in pixels */
void draw_line(picture& target, half_point from, half_point to, double thickness, rgb colour);

/** Copies the pixels of @p where to the same place. Both pictures have the same size. */
void copy_box(const picture& from, picture& to, const box& where);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_CANVAS_HPP
