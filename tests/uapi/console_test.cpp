// SPDX-License-Identifier: GPL-2.0-or-later
/// The kernel's console in a region with a geometry.
#include "framebuffer.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/vt.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

using namespace guest;

namespace {

constexpr std::size_t vga_size = 640 * 480 * 4;

int give_console_1(int fd, std::uint32_t framebuffer)
{
    fb_con2fbmap map = {.console = 1, .framebuffer = framebuffer};
    return ::ioctl(fd, FBIOPUT_CON2FBMAP, &map) == 0 ? 0 : errno;
}

/// Lets console 1 have @p screen, open as @p fb, and @p text be all that is on it.
void show(const framebuffer& screen, int fb, const std::string& text)
{
    const auto index = static_cast<std::uint32_t>(std::stoul(screen.node().substr(7)));
    ASSERT_EQ(give_console_1(fb, index), 0);
    ASSERT_EQ(::ioctl(fd(::open("/dev/tty1", O_RDWR)), VT_ACTIVATE, 1), 0);
    ASSERT_EQ(write_file("/dev/tty1", "\033[2J\033[H\033[?25l" + text), 0);
}

TEST(Console, is_shown_and_goes_from_under_it)
{
    framebuffer screen;
    {
        const fd fb = screen.open(O_RDWR);
        ASSERT_NO_FATAL_FAILURE(show(screen, fb, "MMMM"));

        // The first cell of 8x16 has an M, with dark and bright pixels; the last has none.
        const mapping pixels(fb, vga_size, PROT_READ);
        ASSERT_TRUE(pixels.ok());
        const auto bright = [&](std::size_t left, std::size_t top) {
            int count = 0;
            for (std::size_t y = top; y < top + 16; ++y) {
                for (std::size_t x = left; x < left + 8; ++x) {
                    count += pixels[(y * 640 + x) * 4] != 0;
                }
            }
            return count;
        };
        EXPECT_GT(bright(0, 0), 10);
        EXPECT_LT(bright(0, 0), 118);
        EXPECT_EQ(bright(632, 464), 0);
    }
    EXPECT_EQ(screen.memory().destroy(), 0);
}

TEST(Console, has_room_for_one_letter_at_least)
{
    framebuffer screen({.geometry = "8x8", .format = "gray8"});
    {
        const fd fb = screen.open(O_RDWR);
        ASSERT_NO_FATAL_FAILURE(show(screen, fb, "\n\n\n\nM"));
        const mapping pixels(fb, page, PROT_READ);
        ASSERT_TRUE(pixels.ok());
        int lit = 0;
        for (std::size_t i = 0; i < page; ++i) {
            const bool is_inside = i % 64 < 8 && i / 64 < 8;
            lit += is_inside && pixels[i] != 0;
            EXPECT_TRUE(is_inside || pixels[i] == 0) << i;
        }
        EXPECT_GT(lit, 10);
    }
    EXPECT_EQ(screen.memory().destroy(), 0);
}

} // namespace
