// SPDX-License-Identifier: GPL-2.0-or-later
#include "canvas.hpp"

#include <algorithm>
#include <cmath>

namespace memlane::tool {

namespace {

std::int32_t to_signed(std::uint32_t side) noexcept
{
    return static_cast<std::int32_t>(side);
}

/** The pixels of a row inside of @p where, which is clipped. */
template <typename Picture>
auto piece(Picture& of, const box& where, std::int32_t y)
{
    return of.row(static_cast<std::uint32_t>(y))
        .subspan(static_cast<std::size_t>(where.left), static_cast<std::size_t>(where.width));
}

/** @return pixels that @p from, @p to and all that is within @p reach of them lie in */
box around(half_point from, half_point to, double reach) noexcept
{
    const auto margin = static_cast<std::int32_t>(std::ceil(reach)) + 1;
    const std::int32_t left = std::min(from.x, to.x) / 2 - margin;
    const std::int32_t top = std::min(from.y, to.y) / 2 - margin;
    return {left, top, std::max(from.x, to.x) / 2 + margin + 1 - left,
            std::max(from.y, to.y) / 2 + margin + 1 - top};
}

/** Colours the pixels of @p where that @p is_inside says yes to. */
template <typename Test>
void fill_where(picture& target, const box& where, rgb colour, Test is_inside)
{
    const box area = clipped(where, target.size());
    for (std::int32_t y = area.top; y < area.bottom(); ++y) {
        std::int32_t x = area.left;
        for (rgb& pixel : piece(target, area, y)) {
            if (is_inside(half_point{2 * x, 2 * y})) {
                pixel = colour;
            }
            ++x;
        }
    }
}

/** @return the square of a distance, in half pixels; whole numbers are symmetric for sure */
std::int64_t square_distance(half_point one, half_point other) noexcept
{
    const std::int64_t x = one.x - other.x;
    const std::int64_t y = one.y - other.y;
    return x * x + y * y;
}

/** @return the square of @p radius in half pixels; below 0 for one below 0 */
double square_of(double radius) noexcept
{
    return radius < 0 ? -1 : 4 * radius * radius;
}

/** @return the square of the distance from the line between two points */
double square_distance(half_point point, half_point from, half_point to) noexcept
{
    const double along_x = to.x - from.x;
    const double along_y = to.y - from.y;
    const double x = point.x - from.x;
    const double y = point.y - from.y;
    const double length = along_x * along_x + along_y * along_y;
    const double place =
        length > 0 ? std::clamp((x * along_x + y * along_y) / length, 0.0, 1.0) : 0.0;
    const double away_x = x - place * along_x;
    const double away_y = y - place * along_y;
    return away_x * away_x + away_y * away_y;
}

} // namespace

box whole(extent size) noexcept
{
    return {0, 0, to_signed(size.width), to_signed(size.height)};
}

box clipped(const box& wanted, extent size) noexcept
{
    const std::int32_t left = std::clamp(wanted.left, 0, to_signed(size.width));
    const std::int32_t top = std::clamp(wanted.top, 0, to_signed(size.height));
    const std::int32_t right = std::clamp(wanted.right(), left, to_signed(size.width));
    const std::int32_t bottom = std::clamp(wanted.bottom(), top, to_signed(size.height));
    return {left, top, right - left, bottom - top};
}

half_point middle(extent size) noexcept
{
    return {to_signed(size.width) - 1, to_signed(size.height) - 1};
}

void fill_box(picture& target, const box& where, rgb colour)
{
    const box area = clipped(where, target.size());
    for (std::int32_t y = area.top; y < area.bottom(); ++y) {
        const std::span<rgb> row = piece(target, area, y);
        std::fill(row.begin(), row.end(), colour);
    }
}

void outline_box(picture& target, const box& where, rgb colour)
{
    fill_box(target, {where.left, where.top, where.width, 1}, colour);
    fill_box(target, {where.left, where.bottom() - 1, where.width, 1}, colour);
    fill_box(target, {where.left, where.top, 1, where.height}, colour);
    fill_box(target, {where.right() - 1, where.top, 1, where.height}, colour);
}

void fill_disc(picture& target, half_point centre, double radius, rgb colour)
{
    draw_ring(target, centre, radius, radius + 1, colour);
}

void draw_ring(picture& target, half_point centre, double radius, double thickness, rgb colour)
{
    const double outer = square_of(radius);
    const double inner = square_of(radius - thickness);
    fill_where(target, around(centre, centre, radius), colour, [&](half_point at) {
        const auto distance = static_cast<double>(square_distance(at, centre));
        return distance <= outer && distance > inner;
    });
}

void draw_line(picture& target, half_point from, half_point to, double thickness, rgb colour)
{
    const double reach = square_of(thickness / 2);
    fill_where(target, around(from, to, thickness), colour,
               [&](half_point at) { return square_distance(at, from, to) <= reach; });
}

void copy_box(const picture& from, picture& to, const box& where)
{
    const box area = clipped(where, to.size());
    for (std::int32_t y = area.top; y < area.bottom(); ++y) {
        const std::span<const rgb> row = piece(from, area, y);
        std::copy(row.begin(), row.end(), piece(to, area, y).begin());
    }
}

} // namespace memlane::tool
