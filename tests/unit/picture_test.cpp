// SPDX-License-Identifier: GPL-2.0-or-later
// Pictures at other sizes, and between them and memory.
#include "picture.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include <gtest/gtest.h>

#include "frame.hpp"
#include "memlane/source.hpp"
#include "scale.hpp"

namespace memlane::tool {

namespace {

constexpr rgb white = {255, 255, 255};
constexpr rgb black = {0, 0, 0};

rgb gray(std::uint8_t level)
{
    return {level, level, level};
}

picture row_of(const std::vector<std::uint8_t>& levels)
{
    picture made({static_cast<std::uint32_t>(levels.size()), 1});
    std::transform(levels.begin(), levels.end(), made.row(0).begin(), gray);
    return made;
}

TEST(Picture, rows_are_its_width_and_apart)
{
    picture made({3, 2}, gray(9));
    made.row(1)[2] = white;
    EXPECT_EQ(made.row(0).size(), 3U);
    EXPECT_EQ(made.row(0)[2], gray(9));
    EXPECT_EQ(made.row(1)[1], gray(9));
}

TEST(Picture, transposed_exchanges_rows_and_columns)
{
    picture made({3, 2});
    made.row(1)[2] = white;
    const picture turned = transposed(made);
    EXPECT_EQ(turned.size(), (extent{2, 3}));
    EXPECT_EQ(turned.row(2)[1], white);
    EXPECT_EQ(transposed(turned), made);
}

TEST(Scale, each_pixel_is_the_mean_of_the_area_it_covers)
{
    EXPECT_EQ(scaled(row_of({0, 100, 50, 60}), {2, 1}), row_of({50, 55}));
    // Two thirds of the one, one third of the next.
    EXPECT_EQ(scaled(row_of({0, 90, 180}), {2, 1}), row_of({30, 150}));
    EXPECT_EQ(scaled(row_of({255, 255, 254}), {1, 1}), row_of({255}));
}

TEST(Scale, goes_up_and_down_and_works_on_columns_too)
{
    const picture two = row_of({10, 200});
    EXPECT_EQ(scaled(two, {4, 1}), row_of({10, 10, 200, 200}));
    EXPECT_EQ(scaled(transposed(two), {1, 4}), transposed(row_of({10, 10, 200, 200})));
    EXPECT_EQ(scaled(two, two.size()), two);
    EXPECT_EQ(scaled(picture({65535, 3}, white), {7, 2}), picture({7, 2}, white));
}

TEST(Scale, fitting_keeps_the_aspect)
{
    EXPECT_EQ(fitting({4000, 3000}, {1920, 1080}), (extent{1440, 1080}));
    EXPECT_EQ(fitting({4000, 1000}, {1920, 1080}), (extent{1920, 480}));
    EXPECT_EQ(fitting({10, 10}, {300, 200}), (extent{200, 200}));
    EXPECT_EQ(fitting({65535, 1}, {100, 100}), (extent{100, 1}));
}

TEST(Scale, centred_has_black_around)
{
    const picture made = centred(picture({2, 1}, white), {5, 4});
    for (std::uint32_t y = 0; y < 4; ++y) {
        for (std::uint32_t x = 0; x < 5; ++x) {
            EXPECT_EQ(made.row(y)[x], y == 1 && (x == 1 || x == 2) ? white : black)
                << x << ',' << y;
        }
    }
}

/// Bytes of this program as a source.
class bytes_source final : public memlane::source {
public:
    explicit bytes_source(std::span<std::byte> bytes)
        : source("bytes", memlane::access_mode::read_write, {.size_bytes = bytes.size()},
                 memlane::mapping::view(bytes))
    {
    }
};

/// A frame in memory with room between its rows, which is marked.
class Frame : public testing::Test {
protected:
    static constexpr std::byte mark{0xa5};

    screen_mode mode_ = {.size = {5, 3},
                         .layout = layout_of(pixel_format::rgb888),
                         .stride_bytes = 20,
                         .offset_bytes = 0,
                         .pages = 1,
                         .page = 0,
                         .refresh_hz = 0,
                         .blank = false};
    std::vector<std::byte> memory_ = std::vector<std::byte>(60, mark);
    bytes_source source_{memory_};
    memlane::memory_writer to_{source_, 0, memory_.size()};
    memlane::memory_reader from_{source_, 0, memory_.size()};
};

TEST_F(Frame, what_is_written_is_read_and_lies_in_its_rows)
{
    picture made({5, 3}, gray(1));
    made.row(2)[4] = {10, 20, 30};
    write_frame(made, whole(mode_.size), mode_, to_);
    // A pixel is a number, of which blue is the lowest byte.
    const std::size_t blue = std::endian::native == std::endian::little ? 0 : 2;
    EXPECT_EQ(memory_[2 * 20 + 4 * 3 + blue], std::byte{30});
    EXPECT_EQ(read_frame(mode_, from_, gray_palette()), made);
}

TEST_F(Frame, bytes_between_rows_are_left_alone)
{
    write_frame(picture({5, 3}), whole(mode_.size), mode_, to_);
    EXPECT_EQ(std::count(memory_.begin(), memory_.end(), mark), 3 * 5);
    for (std::size_t y = 0; y < 3; ++y) {
        EXPECT_EQ(memory_[y * 20 + 14], std::byte{0});
        EXPECT_EQ(memory_[y * 20 + 15], mark);
        EXPECT_EQ(memory_[y * 20 + 19], mark);
    }
}

TEST_F(Frame, a_part_changes_nothing_else)
{
    write_frame(picture({5, 3}), {1, 1, 2, 9}, mode_, to_);
    EXPECT_EQ(std::count(memory_.begin(), memory_.end(), std::byte{0}), 2 * 2 * 3);
    EXPECT_EQ(memory_[20 + 2], mark);
    EXPECT_EQ(memory_[20 + 3], std::byte{0});
    EXPECT_EQ(memory_[40 + 8], std::byte{0});
    EXPECT_EQ(memory_[40 + 9], mark);
}

TEST_F(Frame, indices_are_looked_up)
{
    mode_.layout = layout_of(pixel_format::gray8);
    palette colours = {};
    colours[0xa5] = {1, 2, 3};
    EXPECT_EQ(read_frame(mode_, from_, colours), picture({5, 3}, {1, 2, 3}));
}

TEST_F(Frame, layouts_have_names_or_are_described)
{
    EXPECT_EQ(mode_label(mode_), "5x3 rgb888");
    EXPECT_EQ(layout_label({16, {10, 5}, {5, 5}, {0, 5}, false}), "16 bits r5g5b5");
    EXPECT_EQ(layout_label({8, {0, 4}, {0, 4}, {0, 4}, true}), "8 bits indexed");
}

} // namespace

} // namespace memlane::tool
