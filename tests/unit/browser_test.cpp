// SPDX-License-Identifier: GPL-2.0-or-later
// What somebody sees who opens the address that "memlane view --http" prints.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "chromium.hpp"
#include "viewed.hpp"

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr memlane::extent size = {640, 360};

/// Red, green, blue, from left to right.
constexpr std::array<std::array<unsigned char, 3>, 8> bars = {{{255, 255, 255},
                                                               {255, 255, 0},
                                                               {0, 255, 255},
                                                               {0, 255, 0},
                                                               {255, 0, 255},
                                                               {255, 0, 0},
                                                               {0, 0, 255},
                                                               {0, 0, 0}}};

class Browser : public testing::Test {
protected:
    Browser()
    {
        ::signal(SIGPIPE, SIG_IGN); // of a browser that does not start
        for (std::uint32_t y = 0; y < size.height; ++y) {
            for (std::uint32_t x = 0; x < size.width; ++x) {
                const auto& [red, green, blue] = bars[x * bars.size() / size.width];
                file_.set(x, y, {blue, green, red, 0});
            }
        }
    }

    /// @return red, green and blue of a pixel of the page's canvas, or null before there is one.
    json pixel(unsigned x, unsigned y)
    {
        const std::string at = std::to_string(x) + "," + std::to_string(y);
        return page_.evaluate("Array.from(document.querySelector('#screen canvas')"
                              ".getContext('2d').getImageData(" +
                              at + ",1,1).data.slice(0, 3))");
    }

    /// @return whether a pixel comes to be of a colour.
    bool becomes(unsigned x, unsigned y, const std::array<unsigned char, 3>& colour)
    {
        for (int i = 0; i < 150; ++i) {
            if (page_.attach() && pixel(x, y) == json(colour)) {
                return true;
            }
            std::this_thread::sleep_for(100ms);
        }
        return false;
    }

    screen_file file_{{.size = size}};
    viewer server_{file_, {"--http", "0"}};
    chromium page_{"http://127.0.0.1:" + std::to_string(server_.port("http")) + "/"};
};

TEST_F(Browser, shows_the_picture_pixel_by_pixel_and_what_changes_in_it)
{
    ASSERT_TRUE(becomes(40, 180, bars[0])) << pixel(40, 180);
    for (unsigned i = 0; i < bars.size(); ++i) {
        EXPECT_EQ(pixel(i * 80 + 40, 10), json(bars[i])) << "bar " << i;
        EXPECT_EQ(pixel(i * 80 + 40, 350), json(bars[i])) << "bar " << i;
    }
    EXPECT_EQ(page_.evaluate("document.querySelector('#screen canvas').width"), size.width);
    EXPECT_EQ(page_.evaluate("document.querySelector('#screen canvas').style.width"), "640px");

    for (std::uint32_t y = 64; y < 128; ++y) {
        for (std::uint32_t x = 128; x < 192; ++x) {
            file_.set(x, y, {0, 0, 0xff, 0});
        }
    }
    EXPECT_TRUE(becomes(160, 96, {0xff, 0, 0})) << pixel(160, 96);
    EXPECT_EQ(pixel(40, 180), json(bars[0]));
}

TEST_F(Browser, shows_the_test_card_with_its_colours)
{
    ASSERT_TRUE(becomes(40, 180, bars[0])) << pixel(40, 180);
    ASSERT_EQ(
        guest::memlane({"draw", "file:" + file_.path(), "card", "--geometry", "640x360"}).status,
        0);
    const auto drawn = [&](unsigned x, unsigned y) {
        const unsigned char* const at = file_.at(x, y);
        return std::array<unsigned char, 3>{at[2], at[1], at[0]};
    };
    ASSERT_EQ(drawn(0, 0), bars[0]) << "the card's border";
    ASSERT_EQ(drawn(436, 135), bars[7]) << "its black bar";
    ASSERT_TRUE(becomes(436, 135, bars[7])) << pixel(436, 135);
    // What was drawn at once may come in several updates; the last tile is the last to come.
    ASSERT_TRUE(becomes(size.width - 1, size.height - 1, bars[0]));
    for (unsigned y = 3; y < size.height; y += 31) {
        for (unsigned x = 5; x < size.width; x += 37) {
            EXPECT_EQ(pixel(x, y), json(drawn(x, y))) << x << ", " << y;
        }
    }

    if (const char* path = std::getenv("MEMLANE_SCREENSHOT")) {
        std::ofstream(path) << page_.screenshot(); // in base64
    }
}

} // namespace
