// SPDX-License-Identifier: GPL-2.0-or-later
/// memlane::screen on the driver's framebuffers and on another's.
#include "memlane/screen.hpp"

#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framebuffer.hpp"
#include "memlane/error.hpp"

namespace {

using guest::framebuffer;
using memlane::access_mode;
using memlane::rgb;
using memlane::screen;
using memlane::screen_mode;
using testing::HasSubstr;

constexpr rgb orange = {255, 128, 0};

void draw(const screen& target, std::uint32_t page, rgb colour)
{
    const screen_mode mode = target.mode();
    const memlane::mapping rows = target.map_page(mode, page);
    memlane::pack_pixels(mode.layout, {&colour, 1}, rows.bytes());
}

rgb first_pixel_shown(const screen& source)
{
    const screen_mode mode = source.mode();
    rgb colour = {};
    memlane::unpack_pixels(mode.layout, source.map_shown(mode).bytes().first(mode.layout.bytes()),
                           {&colour, 1}, source.colours(mode));
    return colour;
}

TEST(Screen, knows_the_mode_of_a_region_and_of_its_framebuffer)
{
    const framebuffer fb(
        {.geometry = "1366x768", .format = "rgb565", .pages = "2", .refresh = "75"});
    for (const std::string& uri : {fb.memory().name(), "fb:" + fb.node()}) {
        const screen_mode mode = screen(uri).mode();
        EXPECT_EQ(mode.size, (memlane::extent{1366, 768}));
        EXPECT_EQ(format_of(mode.layout), memlane::pixel_format::rgb565);
        EXPECT_EQ(mode.stride_bytes, 2752U);
        EXPECT_EQ(mode.pages, 2U);
        EXPECT_EQ(mode.refresh_hz, 75U);
    }
}

TEST(Screen, computes_the_stride_that_the_driver_has)
{
    for (const auto format : {memlane::pixel_format::xrgb8888, memlane::pixel_format::rgb565,
                              memlane::pixel_format::rgb888, memlane::pixel_format::gray8}) {
        for (const std::uint32_t pages : {1U, 2U, 3U}) {
            for (const memlane::extent size :
                 {memlane::extent{8, 8}, {641, 479}, {1366, 768}, {1920, 1080}, {100, 4096}}) {
                const framebuffer fb(
                    {.geometry = std::to_string(size.width) + "x" + std::to_string(size.height),
                     .format = std::string(to_string(format)),
                     .pages = std::to_string(pages)});
                ASSERT_EQ(fb.memory().error(), 0);
                EXPECT_EQ(guest::counter(fb.memory().name(), "stride"),
                          memlane::stride_of({size, format, pages}));
            }
        }
    }
}

TEST(Screen, draws_in_one_page_and_shows_it_by_a_flip)
{
    const framebuffer fb({.pages = "2"});
    screen target(fb.memory().name(), access_mode::read_write);
    draw(target, 1, orange);
    EXPECT_EQ(first_pixel_shown(target), (rgb{0, 0, 0}));
    target.show_page(1);
    EXPECT_EQ(target.mode().page, 1U);
    EXPECT_EQ(first_pixel_shown(target), orange);
    EXPECT_THROW(target.show_page(2), memlane::error);
}

TEST(Screen, waits_for_the_refresh_of_the_driver)
{
    const framebuffer fb;
    EXPECT_TRUE(screen(fb.memory().name(), access_mode::read_write).wait_for_refresh());
}

TEST(Screen, sees_the_colours_of_a_changed_map)
{
    const framebuffer fb({.format = "gray8"});
    const screen source(fb.memory().name(), access_mode::read_write);
    draw(source, 0, {255, 255, 255});
    EXPECT_EQ(first_pixel_shown(source), (rgb{255, 255, 255}));

    std::uint16_t red = 0xffff;
    std::uint16_t green = 0x8080;
    std::uint16_t blue = 0;
    fb_cmap map = {
        .start = 255, .len = 1, .red = &red, .green = &green, .blue = &blue, .transp = nullptr};
    ASSERT_EQ(::ioctl(fb.open(O_RDWR), FBIOPUTCMAP, &map), 0);
    EXPECT_EQ(first_pixel_shown(source), orange);
}

TEST(Screen, tells_that_it_is_blank)
{
    const framebuffer fb;
    const screen source(fb.memory().name());
    EXPECT_FALSE(source.mode().blank);
    ASSERT_EQ(::ioctl(fb.open(O_RDWR), FBIOBLANK, FB_BLANK_NORMAL), 0);
    EXPECT_TRUE(source.mode().blank);
}

TEST(Screen, wants_a_geometry_for_a_plain_region_and_none_for_a_framebuffer)
{
    const guest::region plain;
    const memlane::geometry small = {.size = {64, 64}};
    EXPECT_THROW(screen{plain.name()}, memlane::error);
    EXPECT_EQ(screen(plain.name(), access_mode::read_write, small).mode().size, small.size);
    const framebuffer fb;
    EXPECT_THROW(screen(fb.memory().name(), access_mode::read_only, small), memlane::error);
}

TEST(Screen, is_any_framebuffer)
{
    // vesafb, see tests/guest: 800x600 in 16 bits.
    const screen card("fb:/dev/fb0", access_mode::read_write);
    const screen_mode mode = card.mode();
    EXPECT_EQ(mode.size, (memlane::extent{800, 600}));
    EXPECT_EQ(mode.layout.bits, 16U);
    draw(card, 0, orange);
    EXPECT_EQ(first_pixel_shown(card).red, 255);
    EXPECT_EQ(first_pixel_shown(card).blue, 0);
}

} // namespace
