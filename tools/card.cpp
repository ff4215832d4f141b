// SPDX-License-Identifier: GPL-2.0-or-later
#include "card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "font.hpp"

namespace memlane::tool {

namespace {

constexpr rgb white = {255, 255, 255};
constexpr rgb black = {0, 0, 0};
constexpr rgb background = {72, 72, 72};
constexpr rgb grid = {112, 112, 112};
constexpr rgb inside = {24, 24, 24};
constexpr rgb moving_colour = {255, 128, 0};

/** Smaller than this, in tenths of the radius, nothing is told apart. */
constexpr double unit_min = 2.4;
constexpr double grating_unit_min = 4;

/** In pixels; the hand's hub is to stay inside of the circle. */
constexpr double moving_radius_min = 4;

constexpr std::int32_t grating_count = 4; // lines of 1 to 4 pixels

/**
 * Where things are: in the big circle in tenths of its radius, from its middle.
 */
struct plan {
    explicit plan(extent all)
        : size(all), centre(middle(all)), shorter(std::min(all.width, all.height)),
          radius(shorter * 0.46), unit(radius / 10)
    {
    }

    [[nodiscard]] std::int32_t column(double tenths) const
    {
        return static_cast<std::int32_t>(std::lround((centre.x + 1) / 2.0 + tenths * unit));
    }

    [[nodiscard]] std::int32_t line(double tenths) const
    {
        return static_cast<std::int32_t>(std::lround((centre.y + 1) / 2.0 + tenths * unit));
    }

    [[nodiscard]] box area(double left, double top, double right, double bottom) const
    {
        return {column(left), line(top), column(right) - column(left), line(bottom) - line(top)};
    }

    /** @return the point at an angle from 12 o'clock, clockwise, in half pixels */
    [[nodiscard]] half_point on_circle(double turns, double tenths) const
    {
        const double angle = turns * 2 * std::numbers::pi;
        const double reach = 2 * tenths * unit;
        return {centre.x + static_cast<std::int32_t>(std::lround(reach * std::sin(angle))),
                centre.y - static_cast<std::int32_t>(std::lround(reach * std::cos(angle)))};
    }

    [[nodiscard]] double stroke() const { return std::max(1.0, radius / 80); }

    extent size;
    half_point centre;
    std::uint32_t shorter;
    double radius;
    double unit;
};

/** @return part @p index of @p count of the same width, side by side */
box part(const box& of, std::int32_t index, std::int32_t count)
{
    const std::int32_t start = of.width * index / count;
    const std::int32_t end = of.width * (index + 1) / count;
    return {of.left + start, of.top, end - start, of.height};
}

rgb scaled_colour(rgb full, std::int32_t place, std::int32_t count)
{
    const auto level = [&](std::uint8_t most) {
        return static_cast<std::uint8_t>(count > 1 ? most * place / (count - 1) : most);
    };
    return {level(full.red), level(full.green), level(full.blue)};
}

/** Lines upright and across, at the same distance from the middle on either side. */
void draw_grid(picture& target, const plan& at)
{
    const std::int32_t cell = std::max(static_cast<std::int32_t>(at.shorter) / 12, 8);
    const box all = whole(at.size);
    for (std::int32_t away = cell / 2; away < std::max(all.width, all.height) / 2; away += cell) {
        const box upright = {(all.width - 1) / 2 - away, 0, 1, all.height};
        const box across = {0, (all.height - 1) / 2 - away, all.width, 1};
        fill_box(target, upright, grid);
        fill_box(target, {all.width / 2 + away, 0, 1, all.height}, grid);
        fill_box(target, across, grid);
        fill_box(target, {0, all.height / 2 + away, all.width, 1}, grid);
    }
}

void draw_corner(picture& target, const plan& at, half_point centre, double radius)
{
    fill_disc(target, centre, radius, inside);
    const auto reach = static_cast<std::int32_t>(2 * radius);
    const half_point left = {centre.x - reach, centre.y};
    const half_point top = {centre.x, centre.y - reach};
    draw_line(target, left, {centre.x + reach, centre.y}, 1, grid);
    draw_line(target, top, {centre.x, centre.y + reach}, 1, grid);
    draw_ring(target, centre, radius, at.stroke(), white);
}

/** One circle in each corner, the same distance from both edges. */
void draw_corners(picture& target, const plan& at)
{
    const double radius = at.shorter * 0.08;
    if (radius < 4) {
        return;
    }
    const std::int32_t inset = 2 * (static_cast<std::int32_t>(radius) + 5);
    const half_point end = {2 * at.centre.x - inset, 2 * at.centre.y - inset};
    for (const half_point centre :
         {half_point{inset, inset}, {end.x, inset}, {inset, end.y}, {end.x, end.y}}) {
        draw_corner(target, at, centre, radius);
    }
}

/** @param full the colour at the bottom, of which there is nothing at the top */
void draw_upright_ramp(picture& target, const box& where, rgb full)
{
    for (std::int32_t y = 0; y < where.height; ++y) {
        fill_box(target, {where.left, where.top + y, where.width, 1},
                 scaled_colour(full, y, where.height));
    }
}

/** Levels of single colours beside the circle, where a wide picture has room. */
void draw_side_ramps(picture& target, const plan& at)
{
    const double room = at.size.width / (2 * at.unit) - 10; // tenths, on either side
    const double width = std::min(room * 0.55, 5.0);
    if (width * at.unit < 12) {
        return;
    }
    constexpr std::array<rgb, 3> primary = {{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}}};
    constexpr std::array<rgb, 3> secondary = {{{0, 255, 255}, {255, 0, 255}, {255, 255, 0}}};
    const double start = 10 + (room - width) / 2;
    const box left = at.area(-start - width, -5, -start, 5);
    const box right = at.area(start, -5, start + width, 5);
    for (std::int32_t i = 0; i < 3; ++i) {
        draw_upright_ramp(target, part(left, i, 3), primary[static_cast<std::size_t>(i)]);
        draw_upright_ramp(target, part(right, i, 3), secondary[static_cast<std::size_t>(i)]);
    }
}

/** Black to white: above without steps, below in sixteen. */
void draw_gray_ramp(picture& target, const box& where)
{
    constexpr std::int32_t steps = 16;
    const std::int32_t half = where.height / 2;
    for (std::int32_t x = 0; x < where.width; ++x) {
        fill_box(target, {where.left + x, where.top, 1, half},
                 scaled_colour(white, x, where.width));
    }
    const box below = {where.left, where.top + half, where.width, where.height - half};
    for (std::int32_t i = 0; i < steps; ++i) {
        fill_box(target, part(below, i, steps), scaled_colour(white, i, steps));
    }
}

/** Lines and gaps of @p period pixels. */
void draw_upright_grating(picture& target, const box& where, std::int32_t period)
{
    fill_box(target, where, black);
    for (std::int32_t x = 0; x < where.width; x += 2 * period) {
        fill_box(target,
                 {where.left + x, where.top, std::min(period, where.width - x), where.height},
                 white);
    }
}

void draw_level_grating(picture& target, const box& where, std::int32_t period)
{
    fill_box(target, where, black);
    for (std::int32_t y = 0; y < where.height; y += 2 * period) {
        fill_box(target,
                 {where.left, where.top + y, where.width, std::min(period, where.height - y)},
                 white);
    }
}

void draw_gratings(picture& target, const box& where)
{
    for (std::int32_t i = 0; i < grating_count; ++i) {
        draw_upright_grating(target, part(where, i, 2 * grating_count), i + 1);
        draw_level_grating(target, part(where, i + grating_count, 2 * grating_count), i + 1);
    }
}

/** Text as large as there is room for, in the middle of @p where; none if there is too little. */
void draw_label(picture& target, const box& where, std::string_view text, rgb colour)
{
    const box once = text_box(text, 1);
    const std::int32_t scale = std::min(where.width / once.width, where.height / once.height);
    if (scale < 1) {
        return;
    }
    const box taken = text_box(text, scale);
    draw_text(target, text, where.left + (where.width - taken.width) / 2,
              where.top + (where.height - taken.height) / 2, scale, colour);
}

void draw_marks(picture& target, const plan& at)
{
    constexpr int hours = 12;
    for (int i = 0; i < hours; ++i) {
        const double turns = static_cast<double>(i) / hours;
        draw_line(target, at.on_circle(turns, 9.2), at.on_circle(turns, 10), at.stroke(), white);
    }
}

/** What is in the circle and does not move. */
void draw_face(picture& target, const plan& at)
{
    fill_disc(target, at.centre, at.radius, inside);
    if (at.unit >= unit_min) {
        draw_marks(target, at);
        draw_colour_bars(target, at.area(-8, -4.2, 8, -1.2));
        draw_gray_ramp(target, at.area(-8, -1.2, 8, 1.4));
    }
    if (at.unit >= grating_unit_min) {
        draw_gratings(target, at.area(-8, 1.4, 8, 4.8));
    }
    draw_ring(target, at.centre, at.radius, at.stroke(), white);
}

picture draw_still(const plan& at)
{
    picture drawn(at.size, background);
    draw_grid(drawn, at);
    draw_side_ramps(drawn, at);
    draw_corners(drawn, at);
    draw_face(drawn, at);
    const box all = whole(at.size);
    // Black beside the border's white shows how thick that is.
    outline_box(drawn, {1, 1, all.width - 2, all.height - 2}, black);
    outline_box(drawn, all, white);
    return drawn;
}

class card final : public animation {
public:
    card(extent size, std::string label)
        : at_(size), label_(std::move(label)), still_(draw_still(at_)), shown_(still_)
    {
    }

    const picture& frame(std::uint64_t number) override
    {
        for (const box& each : moving()) {
            copy_box(still_, shown_, each);
            draw_hand(number);
            draw_words(number);
        }
        return shown_;
    }

    [[nodiscard]] std::vector<box> moving() const override
    {
        if (at_.radius < moving_radius_min) {
            return {};
        }
        return {clipped(at_.area(-10, -10, 10, 10), at_.size)};
    }

private:
    void draw_hand(std::uint64_t number)
    {
        constexpr std::uint64_t frames_a_turn = 120;
        const double turns = static_cast<double>(number % frames_a_turn) / frames_a_turn;
        const double thickness = 2.5 * at_.stroke();
        // A small circle has no room for its thickness behind that.
        const double reach = std::min(8.6, 9.5 - thickness / (2 * at_.unit));
        draw_line(shown_, at_.centre, at_.on_circle(turns, reach), thickness, moving_colour);
        fill_disc(shown_, at_.centre, thickness, moving_colour);
    }

    /** Above the hand, so that they can always be read. */
    void draw_words(std::uint64_t number)
    {
        draw_label(shown_, at_.area(-5.5, -8.2, 5.5, -6.6), "memlane", white);
        draw_label(shown_, at_.area(-7.6, -6.2, 7.6, -4.6), label_, white);
        draw_label(shown_, at_.area(-5.5, 5.4, 5.5, 7.4), fmt::format("{:06}", number), white);
    }

    plan at_;
    std::string label_;
    picture still_;
    picture shown_;
};

} // namespace

std::unique_ptr<animation> make_card(const pattern_setting& setting)
{
    return std::make_unique<card>(setting.size, setting.label);
}

void draw_colour_bars(picture& target, const box& where)
{
    constexpr std::array<rgb, 8> colours = {{white,
                                             {255, 255, 0},
                                             {0, 255, 255},
                                             {0, 255, 0},
                                             {255, 0, 255},
                                             {255, 0, 0},
                                             {0, 0, 255},
                                             black}};
    constexpr auto count = static_cast<std::int32_t>(colours.size());
    for (std::int32_t i = 0; i < count; ++i) {
        fill_box(target, part(where, i, count), colours[static_cast<std::size_t>(i)]);
    }
}

} // namespace memlane::tool
