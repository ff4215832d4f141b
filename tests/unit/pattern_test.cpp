// SPDX-License-Identifier: GPL-2.0-or-later
// The pictures that the command draws itself.
#include "patterns.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "font.hpp"
#include "text_pattern.hpp"

namespace memlane::tool {

namespace {

using testing::ElementsAre;

constexpr rgb white = {255, 255, 255};
constexpr rgb black = {0, 0, 0};

constexpr std::array all_kinds = {pattern_kind::card, pattern_kind::gradient, pattern_kind::noise,
                                  pattern_kind::bars, pattern_kind::text};

std::unique_ptr<animation> make(pattern_kind kind, extent size)
{
    return make_pattern(kind, {.size = size, .label = "1x1 rgb888", .text = "some words"});
}

/// @return whether the outermost pixels, and those only, are @p colour.
bool is_framed(const picture& drawn, rgb colour)
{
    const extent size = drawn.size();
    for (std::uint32_t y = 0; y < size.height; ++y) {
        for (std::uint32_t x = 0; x < size.width; ++x) {
            const bool outermost = x == 0 || y == 0 || x + 1 == size.width || y + 1 == size.height;
            const bool next = x == 1 || y == 1 || x + 2 == size.width || y + 2 == size.height;
            if ((outermost || next) && (drawn.row(y)[x] == colour) != outermost) {
                return false;
            }
        }
    }
    return true;
}

picture mirrored(const picture& from)
{
    picture turned(from.size());
    for (std::uint32_t y = 0; y < from.size().height; ++y) {
        std::reverse_copy(from.row(y).begin(), from.row(y).end(), turned.row(y).begin());
    }
    return turned;
}

std::ptrdiff_t count(const picture& in, rgb colour)
{
    std::ptrdiff_t found = 0;
    for (std::uint32_t y = 0; y < in.size().height; ++y) {
        found += std::count(in.row(y).begin(), in.row(y).end(), colour);
    }
    return found;
}

/// Any size there may be.
class Sizes : public testing::TestWithParam<extent> {};

TEST_P(Sizes, the_card_has_a_white_border_of_one_pixel_whatever_the_frame)
{
    const auto card = make(pattern_kind::card, GetParam());
    for (const std::uint64_t number : {0U, 17U, 1000000U}) {
        EXPECT_EQ(card->frame(number).size(), GetParam());
        EXPECT_TRUE(is_framed(card->frame(number), white)) << number;
    }
}

TEST_P(Sizes, a_frame_depends_on_its_number_alone)
{
    for (const pattern_kind kind : all_kinds) {
        const auto one = make(kind, GetParam());
        const auto other = make(kind, GetParam());
        static_cast<void>(one->frame(3));
        EXPECT_EQ(one->frame(40), other->frame(40)) << to_string(kind);
    }
}

TEST_P(Sizes, frames_differ_only_where_the_pattern_says)
{
    for (const pattern_kind kind : all_kinds) {
        const auto drawn = make(kind, GetParam());
        const picture first = drawn->frame(0);
        picture later = drawn->frame(31);
        for (const box& each : drawn->moving()) {
            EXPECT_EQ(clipped(each, GetParam()), each) << to_string(kind);
            copy_box(first, later, each);
        }
        EXPECT_EQ(first, later) << to_string(kind);
    }
}

INSTANTIATE_TEST_SUITE_P(Odd, Sizes,
                         testing::Values(extent{1, 1}, extent{2, 2}, extent{1, 9}, extent{3, 3},
                                         extent{7, 5}, extent{64, 16}, extent{101, 100},
                                         extent{120, 400}, extent{1366, 768}));

TEST(Patterns, frames_differ)
{
    for (const extent size : {extent{64, 16}, extent{320, 200}, extent{1366, 768}}) {
        for (const pattern_kind kind : all_kinds) {
            const auto drawn = make(kind, size);
            const picture first = drawn->frame(0);
            EXPECT_NE(drawn->frame(7), first) << to_string(kind);
        }
    }
}

TEST(Patterns, bars_are_in_their_order)
{
    const picture bars = make(pattern_kind::bars, {16, 2})->frame(0);
    const std::array<rgb, 8> order = {{white,
                                       {255, 255, 0},
                                       {0, 255, 255},
                                       {0, 255, 0},
                                       {255, 0, 255},
                                       {255, 0, 0},
                                       {0, 0, 255},
                                       black}};
    for (std::size_t x = 0; x < 16; ++x) {
        EXPECT_EQ(bars.row(0)[x], order[x / 2]) << x;
        EXPECT_EQ(bars.row(1)[x], order[x / 2]) << x;
    }
}

TEST(Patterns, bars_scroll_to_the_left_and_come_around)
{
    const auto bars = make(pattern_kind::bars, {16, 1});
    EXPECT_EQ(bars->frame(1).row(0)[0], (rgb{0, 255, 255}));
    EXPECT_EQ(bars->frame(1).row(0)[15], (rgb{255, 255, 0}));
    const picture first = bars->frame(0);
    EXPECT_EQ(bars->frame(4), first);
}

TEST(Patterns, a_gradient_reaches_both_ends)
{
    const picture drawn = make(pattern_kind::gradient, {300, 200})->frame(0);
    EXPECT_EQ(drawn.row(0)[0], (rgb{0, 0, 255}));
    EXPECT_EQ(drawn.row(199)[299], (rgb{255, 255, 0}));
}

TEST(Patterns, noise_has_nearly_as_many_colours_as_pixels)
{
    const picture drawn = make(pattern_kind::noise, {50, 50})->frame(0);
    std::set<std::uint32_t> colours;
    for (std::uint32_t y = 0; y < 50; ++y) {
        for (const rgb each : drawn.row(y)) {
            colours.insert(each.red * 65536U + each.green * 256U + each.blue);
        }
    }
    EXPECT_GT(colours.size(), 2490U);
}

TEST(Card, has_everything_where_there_is_room)
{
    const picture card = make(pattern_kind::card, {1366, 768})->frame(0);
    for (const rgb each : {rgb{255, 255, 0}, rgb{0, 255, 255}, rgb{255, 0, 255}}) {
        EXPECT_GT(count(card, each), 5000);
    }
    std::set<std::uint8_t> grays;
    for (const rgb each : card.row(384 - 20)) {
        if (each.red == each.green && each.green == each.blue) {
            grays.insert(each.red);
        }
    }
    EXPECT_GT(grays.size(), 230U) << "the hand covers some";
}

TEST(Card, says_its_label)
{
    const auto with = make_pattern(pattern_kind::card,
                                   {.size = {640, 360}, .label = "640x360 gray8", .text = {}});
    const auto without =
        make_pattern(pattern_kind::card, {.size = {640, 360}, .label = " ", .text = {}});
    EXPECT_NE(with->frame(0), without->frame(0));
}

TEST(Canvas, circles_are_symmetric_and_as_wide_as_high)
{
    for (const extent size : {extent{60, 60}, extent{61, 61}, extent{64, 64}}) {
        for (const double radius : {3.0, 11.7, 27.6}) {
            picture drawn(size);
            draw_ring(drawn, middle(size), radius, 1.5, white);
            EXPECT_GT(count(drawn, white), 8);
            EXPECT_EQ(drawn.row(size.height / 2)[size.width / 2], black);
            EXPECT_EQ(mirrored(drawn), drawn);
            EXPECT_EQ(transposed(drawn), drawn);
        }
    }
}

TEST(Canvas, what_lies_outside_is_left_out)
{
    picture drawn({4, 4});
    fill_box(drawn, {-5, -5, 7, 6}, white);
    EXPECT_EQ(count(drawn, white), 2);
    fill_box(drawn, {9, 9, 100, 100}, white);
    fill_disc(drawn, {-40, -40}, 3, white);
    draw_line(drawn, {-9, 90}, {90, 90}, 2, white);
    outline_box(drawn, {-1, -1, 6, 6}, white);
    EXPECT_EQ(count(drawn, white), 2);
}

TEST(Font, each_printable_character_has_a_glyph_of_its_own)
{
    std::set<glyph> glyphs;
    for (char each = ' '; each <= '~'; ++each) {
        EXPECT_TRUE(glyphs.insert(glyph_of(each)).second) << each;
        for (const std::uint8_t dots : glyph_of(each)) {
            EXPECT_LT(dots, 32) << each;
        }
    }
}

TEST(Font, what_is_not_printable_is_a_box)
{
    for (const char each : {'\x01', '\x7f', '\xe4', '\n'}) {
        EXPECT_THAT(glyph_of(each), ElementsAre(0x1f, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1f));
    }
}

TEST(Font, text_takes_what_it_says)
{
    picture drawn({40, 40});
    draw_text(drawn, "[", 4, 6, 3, white);
    EXPECT_EQ(text_box("[", 3), (box{0, 0, 15, 21}));
    // Its upper line is the middle three of five dots.
    EXPECT_EQ(drawn.row(6)[7], white);
    EXPECT_EQ(drawn.row(6)[6], black);
    EXPECT_EQ(drawn.row(6 + 20)[15], white);
    EXPECT_EQ(drawn.row(6 + 20)[16], black);
    EXPECT_EQ(count(drawn, white), (3 + 5 + 3) * 9);
}

TEST(Text, is_broken_between_words_and_only_at_need_inside_one)
{
    EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
    EXPECT_THAT(wrap("one two three", 6), ElementsAre("one", "two", "three"));
    EXPECT_THAT(wrap("abcdefgh i", 3), ElementsAre("abc", "def", "gh", "i"));
    EXPECT_THAT(wrap("a\n\nb", 5), ElementsAre("a", "", "b"));
    EXPECT_THAT(wrap("", 5), ElementsAre());
}

TEST(Text, is_as_large_as_there_is_room_for)
{
    // A box is 5x7 dots, of which each is a square of 10 pixels here.
    const picture drawn = draw_wrapped("\x01", {50, 70});
    EXPECT_EQ(count(drawn, white), (5 * 7 - 3 * 5) * 100);
    EXPECT_EQ(count(draw_wrapped("\x01", {49, 70}), white), (5 * 7 - 3 * 5) * 81);
    EXPECT_EQ(count(draw_wrapped("\x01", {1, 1}), white), 0) << "the hollow of the box";
    EXPECT_EQ(count(draw_wrapped("", {9, 9}), white), 0);
}

} // namespace

} // namespace memlane::tool
