// SPDX-License-Identifier: GPL-2.0-or-later
// Colours to pixels and back, in the driver's formats and in others'.
#include "memlane/pixel.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using memlane::pixel_format;
using memlane::pixel_layout;
using memlane::rgb;
using testing::ElementsAreArray;

constexpr std::array formats = {pixel_format::xrgb8888, pixel_format::rgb565, pixel_format::rgb888,
                                pixel_format::gray8};

constexpr pixel_layout rgb555 = {16, {10, 5}, {5, 5}, {0, 5}, false};
constexpr pixel_layout rgba8888 = {32, {24, 8}, {16, 8}, {8, 8}, false};
constexpr pixel_layout bgr565 = {16, {0, 5}, {5, 6}, {11, 5}, false};
constexpr pixel_layout rgb332 = {8, {5, 3}, {2, 3}, {0, 2}, false};
constexpr pixel_layout deep = {32, {20, 10}, {10, 10}, {0, 10}, false};
constexpr pixel_layout red_only = {16, {0, 16}, {0, 0}, {0, 0}, false};

std::vector<std::byte> pack(const pixel_layout& layout, const std::vector<rgb>& colours)
{
    std::vector<std::byte> pixels(colours.size() * layout.bytes());
    pack_pixels(layout, colours, pixels);
    return pixels;
}

std::vector<rgb> unpack(const pixel_layout& layout, const std::vector<std::byte>& pixels)
{
    std::vector<rgb> colours(pixels.size() / layout.bytes());
    unpack_pixels(layout, pixels, colours);
    return colours;
}

rgb there_and_back(const pixel_layout& layout, rgb colour)
{
    return unpack(layout, pack(layout, {colour})).front();
}

std::vector<std::byte> bytes(const std::vector<unsigned>& values)
{
    std::vector<std::byte> made;
    for (const unsigned each : values) {
        made.push_back(static_cast<std::byte>(each));
    }
    return made;
}

/** Pixels of @p size bytes, each a number in the byte order of this machine. */
std::vector<std::byte> words(std::size_t size, const std::vector<unsigned>& values)
{
    std::vector<std::byte> made;
    for (const unsigned each : values) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = std::endian::native == std::endian::little ? i : size - 1 - i;
            made.push_back(static_cast<std::byte>(each >> 8 * place));
        }
    }
    return made;
}

TEST(PixelFormats, have_names_that_are_parsed)
{
    for (const pixel_format each : formats) {
        EXPECT_EQ(memlane::parse_pixel_format(to_string(each)), each);
        EXPECT_EQ(format_of(layout_of(each)), each);
    }
    EXPECT_EQ(to_string(pixel_format::rgb565), "rgb565");
    for (const char* none : {"", "rgb", "XRGB8888", "rgb565 "}) {
        EXPECT_EQ(memlane::parse_pixel_format(none), std::nullopt) << none;
    }
    EXPECT_EQ(format_of(rgb555), std::nullopt);
}

TEST(PixelFormats, take_their_bytes)
{
    EXPECT_EQ(layout_of(pixel_format::xrgb8888).bytes(), 4U);
    EXPECT_EQ(layout_of(pixel_format::rgb565).bytes(), 2U);
    EXPECT_EQ(layout_of(pixel_format::rgb888).bytes(), 3U);
    EXPECT_EQ(layout_of(pixel_format::gray8).bytes(), 1U);
}

TEST(PackPixels, stores_what_the_format_says)
{
    const std::vector<rgb> colours = {{0x12, 0x34, 0x56}, {255, 255, 255}};
    EXPECT_EQ(pack(layout_of(pixel_format::xrgb8888), colours), words(4, {0x123456, 0xffffff}));
    EXPECT_EQ(pack(layout_of(pixel_format::rgb888), colours), words(3, {0x123456, 0xffffff}));
    // 0x12 >> 3, 0x34 >> 2, 0x56 >> 3
    EXPECT_EQ(pack(layout_of(pixel_format::rgb565), colours), words(2, {0x11aa, 0xffff}));
    EXPECT_EQ(pack(rgba8888, colours), words(4, {0x12345600, 0xffffff00}));
    EXPECT_EQ(pack(rgb555, colours), words(2, {0x08ca, 0x7fff}));
    EXPECT_EQ(pack(bgr565, colours), words(2, {0x51a2, 0xffff}));
    EXPECT_EQ(pack(rgb332, colours), bytes({0x05, 0xff}));
    EXPECT_EQ(pack(red_only, colours), words(2, {0x1212, 0xffff}));
}

TEST(PackPixels, makes_grays_of_colours_as_bright)
{
    const std::vector<rgb> colours = {{0, 0, 0},   {255, 255, 255}, {100, 100, 100},
                                      {255, 0, 0}, {0, 255, 0},     {0, 0, 255}};
    EXPECT_EQ(pack(layout_of(pixel_format::gray8), colours), bytes({0, 255, 100, 76, 150, 27}));
}

TEST(Pixels, of_eight_bits_a_colour_lose_nothing)
{
    std::vector<rgb> colours;
    for (unsigned i = 0; i < 256; ++i) {
        colours.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i),
                           static_cast<std::uint8_t>(i * 7)});
    }
    for (const pixel_layout& each :
         {layout_of(pixel_format::xrgb8888), layout_of(pixel_format::rgb888), rgba8888, deep}) {
        EXPECT_THAT(unpack(each, pack(each, colours)), ElementsAreArray(colours)) << each.bits;
    }
}

TEST(Pixels, of_fewer_bits_keep_what_they_can)
{
    for (const pixel_layout& each : {layout_of(pixel_format::rgb565), rgb555, bgr565, rgb332}) {
        for (unsigned i = 0; i < 256; ++i) {
            const auto level = static_cast<std::uint8_t>(i);
            const rgb once = there_and_back(each, {level, 0, 0});
            EXPECT_LE(std::abs(once.red - level), 255 >> each.red.length) << each.red.length;
            EXPECT_EQ(once.green, 0);
            EXPECT_EQ(there_and_back(each, once), once) << "what was lost once is not lost again";
        }
    }
}

TEST(Pixels, all_ones_are_full_and_none_are_black)
{
    for (const pixel_layout& each :
         {layout_of(pixel_format::xrgb8888), layout_of(pixel_format::rgb565),
          layout_of(pixel_format::rgb888), layout_of(pixel_format::gray8), rgb555, rgba8888, bgr565,
          rgb332, deep}) {
        EXPECT_EQ(there_and_back(each, {255, 255, 255}), (rgb{255, 255, 255})) << each.bits;
        EXPECT_EQ(there_and_back(each, {0, 0, 0}), (rgb{0, 0, 0})) << each.bits;
    }
}

TEST(Pixels, with_a_field_of_no_bits_have_none_of_that_colour)
{
    EXPECT_EQ(there_and_back(red_only, {77, 88, 99}), (rgb{77, 0, 0}));
}

TEST(UnpackPixels, ignores_bits_that_are_no_colours)
{
    EXPECT_EQ(unpack(layout_of(pixel_format::xrgb8888), words(4, {0xee030201})).front(),
              (rgb{3, 2, 1}));
    EXPECT_EQ(unpack(rgb555, words(2, {0x8000})).front(), (rgb{0, 0, 0}));
}

TEST(UnpackPixels, looks_indices_up_in_a_palette)
{
    memlane::palette colours = memlane::gray_palette();
    colours[7] = {1, 2, 3};
    std::array<rgb, 2> found = {};
    unpack_pixels(layout_of(pixel_format::gray8), bytes({7, 8}), found, colours);
    EXPECT_EQ(found[0], (rgb{1, 2, 3}));
    EXPECT_EQ(found[1], (rgb{8, 8, 8}));
}

} // namespace
