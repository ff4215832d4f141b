// SPDX-License-Identifier: GPL-2.0-or-later
// Geometry, and screens that no driver shows.
#include "memlane/screen.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/error.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::access_mode;
using memlane::extent;
using memlane::geometry;
using memlane::pixel_format;
using memlane::screen;
using memlane::size_of;
using memlane::stride_of;
using testing::HasSubstr;

TEST(ParseExtent, takes_width_and_height)
{
    EXPECT_EQ(memlane::parse_extent("1920x1080"), (extent{1920, 1080}));
    EXPECT_EQ(memlane::parse_extent("1x1"), (extent{1, 1}));
    EXPECT_EQ(memlane::parse_extent("65535x65535"), (extent{65535, 65535}));
}

TEST(ParseExtent, quotes_what_it_does_not_take)
{
    for (const char* text :
         {"", "x", "5", "5x", "x5", "0x5", "5x0", "65536x1", "1x65536", "5x5x5", " 5x5", "5x5 ",
          "5 x5", "-5x5", "+5x5", "5X5", "0x10x5", "99999999999x1", "5.0x5"}) {
        try {
            static_cast<void>(memlane::parse_extent(text));
            ADD_FAILURE() << text;
        } catch (const std::invalid_argument& e) {
            EXPECT_THAT(e.what(), HasSubstr("'" + std::string(text) + "'"));
        }
    }
}

TEST(Stride, is_a_multiple_of_64)
{
    EXPECT_EQ(stride_of({.size = {16, 9}}), 64U);
    EXPECT_EQ(stride_of({.size = {17, 9}}), 128U);
    EXPECT_EQ(stride_of({.size = {1, 1}, .format = pixel_format::gray8}), 64U);
    EXPECT_EQ(stride_of({.size = {21, 1}, .format = pixel_format::rgb888}), 64U);
    EXPECT_EQ(stride_of({.size = {22, 1}, .format = pixel_format::rgb888}), 128U);
    EXPECT_EQ(stride_of({.size = {1366, 768}, .format = pixel_format::rgb565}), 2752U);
    EXPECT_EQ(stride_of({.size = {65535, 1}}), 262144U);
}

TEST(Stride, with_pages_lets_each_begin_on_a_memory_page)
{
    EXPECT_EQ(stride_of({.size = {100, 75}, .pages = 2}), 4096U);
    EXPECT_EQ(stride_of({.size = {1920, 1080}, .pages = 2}), 7680U);
    for (const std::uint32_t height : {1U, 2U, 75U, 240U, 600U, 1080U, 4096U}) {
        for (const std::uint32_t width : {1U, 100U, 1366U}) {
            const geometry one = {.size = {width, height}};
            const geometry two = {.size = {width, height}, .pages = 2};
            EXPECT_EQ(stride_of(two) * height % 4096, 0U) << width << 'x' << height;
            EXPECT_EQ(stride_of(two) % 64, 0U);
            EXPECT_GE(stride_of(two), stride_of(one));
            EXPECT_EQ(size_of(two), 2 * stride_of(two) * height);
            EXPECT_EQ(size_of(one), stride_of(one) * height);
        }
    }
}

TEST(Size, of_the_largest_there_is_does_not_overflow)
{
    EXPECT_EQ(size_of({.size = {65535, 65535}, .pages = 100}), 262144ULL * 65535 * 100);
}

/// A file that is taken for a screen.
class Screen : public testing::Test {
protected:
    void make(std::uint64_t size) const
    {
        std::ofstream(path_).close();
        std::filesystem::resize_file(path_, size);
    }

    [[nodiscard]] int failure_of(const std::optional<geometry>& as) const
    {
        try {
            const screen opened(uri(), access_mode::read_only, as);
            return 0;
        } catch (const memlane::error& e) {
            return e.code().value();
        }
    }

    [[nodiscard]] std::string uri() const { return "file:" + path_; }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("frame.raw");
    geometry as_ = {
        .size = {100, 75}, .format = pixel_format::rgb888, .pages = 2, .refresh_hz = 50};
};

TEST_F(Screen, in_a_file_is_what_it_is_said_to_be)
{
    make(size_of(as_));
    const screen opened(uri(), access_mode::read_only, as_);
    const memlane::screen_mode mode = opened.mode();
    EXPECT_EQ(mode.size, as_.size);
    EXPECT_EQ(mode.layout, layout_of(pixel_format::rgb888));
    EXPECT_EQ(mode.stride_bytes, stride_of(as_));
    EXPECT_EQ(mode.offset_bytes, 0U);
    EXPECT_EQ(mode.pages, 2U);
    EXPECT_EQ(mode.page, 0U);
    EXPECT_EQ(mode.refresh_hz, 50U);
    EXPECT_FALSE(mode.blank);
    EXPECT_EQ(opened.memory().uri(), uri());
    EXPECT_EQ(opened.colours(opened.mode()), memlane::gray_palette());
}

TEST_F(Screen, needs_as_much_memory_as_all_pages_take)
{
    make(size_of(as_) - 1);
    EXPECT_EQ(failure_of(as_), ERANGE);
    make(size_of(as_));
    EXPECT_EQ(failure_of(as_), 0);
}

TEST_F(Screen, without_a_geometry_is_an_error)
{
    make(4096);
    EXPECT_EQ(failure_of(std::nullopt), EINVAL);
}

TEST_F(Screen, without_a_file_is_an_error)
{
    EXPECT_EQ(failure_of(as_), ENOENT);
}

TEST_F(Screen, pages_lie_one_behind_the_other)
{
    make(size_of(as_));
    const screen opened(uri(), access_mode::read_write, as_);
    const memlane::screen_mode mode = opened.mode();
    const std::uint64_t page_bytes = mode.stride_bytes * 75;
    {
        const memlane::mapping second = opened.map_page(mode, 1);
        ASSERT_EQ(second.bytes().size(), mode.stride_bytes * 74 + 300);
        second.bytes().front() = std::byte{1};
        second.bytes().back() = std::byte{2};
        EXPECT_EQ(opened.map_shown(mode).bytes().front(), std::byte{0});
        opened.map_shown(mode).bytes().front() = std::byte{3};
    }
    std::ifstream in(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes[0], 3);
    EXPECT_EQ(bytes[page_bytes], 1);
    EXPECT_EQ(bytes[page_bytes + mode.stride_bytes * 74 + 299], 2);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), '\0'),
              static_cast<std::ptrdiff_t>(bytes.size()) - 3);
}

TEST_F(Screen, without_a_driver_shows_no_other_page_and_refreshes_never)
{
    make(size_of(as_));
    screen opened(uri(), access_mode::read_write, as_);
    EXPECT_FALSE(opened.wait_for_refresh());
    try {
        opened.show_page(1);
        ADD_FAILURE() << "it did";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EOPNOTSUPP);
    }
}

TEST_F(Screen, moves)
{
    make(size_of(as_));
    screen first(uri(), access_mode::read_only, as_);
    screen second(std::move(first));
    EXPECT_EQ(second.mode().size, as_.size);
}

} // namespace
