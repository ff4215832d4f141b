// SPDX-License-Identifier: GPL-2.0-or-later
// draw, shot and view on the driver's screens, beside programs that know
// nothing of us: fbset, fbcat, ffmpeg.
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <png.h>
#include <sys/ioctl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "framebuffer.hpp"
#include "scratch_dir.hpp"
#include "viewer.hpp"
#include "vnc_client.hpp"

namespace {

using guest::command_result;
using guest::framebuffer;
using guest::framebuffer_options;
using guest::memlane;
using guest::sh;
using testing::AllOf;
using testing::HasSubstr;

std::string content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/** @return the pixels of a PNG, three bytes each */
std::string decode_png(const std::string& path)
{
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
    image.format = PNG_FORMAT_RGB;
    std::string pixels(PNG_IMAGE_SIZE(image), '\0');
    EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
    return pixels;
}

/** @return the pixels of a binary PPM, three bytes each */
std::string decode_ppm(const std::string& path)
{
    std::string file = content(path);
    int width = 0;
    int height = 0;
    int start = 0;
    EXPECT_EQ(std::sscanf(file.c_str(), "P6 %d %d 255%n", &width, &height, &start), 2);
    file.erase(0, static_cast<std::size_t>(start) + 1);
    EXPECT_EQ(file.size(), static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    return file;
}

void must_draw(const framebuffer& screen, std::vector<std::string> picture)
{
    picture.insert(picture.begin(), {"draw", screen.memory().name()});
    const command_result drawn = memlane(picture);
    ASSERT_EQ(drawn.status, 0) << drawn.err;
}

class AnyFormat : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Screens, AnyFormat,
                         testing::Values("xrgb8888", "rgb565", "rgb888", "gray8"),
                         [](const auto& each) { return each.param; });

TEST_P(AnyFormat, is_the_same_to_fbcat_as_to_shot)
{
    // Rows with padding, which is where programs go wrong.
    const framebuffer screen({.geometry = "801x603", .format = GetParam()});
    must_draw(screen, {"card"});
    const guest::scratch_dir folder;
    const std::string ppm = folder.file("fbcat.ppm");
    const std::string png = folder.file("shot.png");
    ASSERT_EQ(sh("fbcat " + screen.node() + " >" + ppm), 0);
    ASSERT_EQ(memlane({"shot", screen.memory().name(), png}).status, 0);
    const std::string shot = decode_png(png);
    EXPECT_EQ(shot.size(), 801U * 603 * 3);
    EXPECT_EQ(shot.substr(0, 3), "\xff\xff\xff"); // the card's border
    EXPECT_TRUE(decode_ppm(ppm) == shot);
}

TEST(Screens, tell_fbset_their_mode)
{
    const framebuffer screen({.geometry = "1366x768", .format = "rgb565", .pages = "2"});
    const guest::scratch_dir folder;
    ASSERT_EQ(sh("fbset -fb " + screen.node() + " -i >" + folder.file("out")), 0);
    EXPECT_THAT(content(folder.file("out")),
                AllOf(HasSubstr("geometry 1366 768 1366 1536 16"), HasSubstr("LineLength  : 2752"),
                      HasSubstr("rgba 5/11,6/5,5/0,0/0"), HasSubstr("Visual      : TRUECOLOR")));
}

TEST(Screens, take_a_mode_from_fbset)
{
    const framebuffer screen({.geometry = "800x600"});
    ASSERT_EQ(sh("fbset -fb " + screen.node() + " -g 640 480 640 480 16"), 0);
    must_draw(screen, {"card"});
    EXPECT_THAT(memlane({"info", screen.memory().name()}).out, HasSubstr("640x480 rgb565"));
    EXPECT_NE(sh("fbset -fb " + screen.node() + " -g 1600 1200 1600 1200 32 2>/dev/null"), 0);
    EXPECT_THAT(memlane({"info", screen.memory().name()}).out, HasSubstr("640x480 rgb565"));
}

/// ffmpeg that is late takes several frames at once, which are then the same picture.
TEST(Screens, are_filmed_by_ffmpeg)
{
    constexpr std::size_t frame_bytes = 320 * 240 * 3;
    constexpr std::size_t frames = 8;
    const framebuffer screen({.geometry = "320x240", .pages = "2"});
    const guest::scratch_dir folder;
    const std::string film = folder.file("film.rgb");
    guest::command animation({"draw", screen.memory().name(), "card", "--animate"});
    const int status =
        sh("ffmpeg -nostdin -loglevel error -f fbdev -framerate 4 -i " + screen.node() +
           " -frames:v " + std::to_string(frames) + " -f rawvideo -pix_fmt rgb24 " + film);
    animation.signal(SIGINT);
    EXPECT_EQ(animation.wait().status, 0);
    ASSERT_EQ(status, 0);

    const std::string pixels = content(film);
    ASSERT_EQ(pixels.size(), frames * frame_bytes);
    std::set<std::string> pictures;
    for (std::size_t i = 0; i < frames; ++i) {
        const std::string frame = pixels.substr(i * frame_bytes, frame_bytes);
        EXPECT_EQ(frame.substr(0, 3), "\xff\xff\xff") << i;
        pictures.insert(frame);
    }
    EXPECT_GE(pictures.size(), frames / 2);
}

TEST(Screens, have_their_colours_in_ffmpeg)
{
    for (const char* format : {"xrgb8888", "rgb565", "rgb888"}) {
        const framebuffer screen({.geometry = "320x240", .format = format});
        must_draw(screen, {"bars"});
        const guest::scratch_dir folder;
        const std::string frame = folder.file("frame.rgb");
        ASSERT_EQ(sh("ffmpeg -nostdin -loglevel error -f fbdev -i " + screen.node() +
                     " -frames:v 1 -f rawvideo -pix_fmt rgb24 " + frame),
                  0);
        const std::string pixels = content(frame);
        ASSERT_EQ(pixels.size(), 320U * 240 * 3);
        const auto bar = [&](std::size_t index) {
            return pixels.substr((120 * 320 + index * 40 + 20) * 3, 3);
        };
        EXPECT_EQ(bar(1), std::string("\xff\xff\x00", 3)) << format; // yellow
        EXPECT_EQ(bar(5), std::string("\xff\x00\x00", 3)) << format; // red
        EXPECT_EQ(bar(6), std::string("\x00\x00\xff", 3)) << format; // blue
    }
}

TEST(Screens, flip_while_they_are_animated)
{
    const framebuffer screen({.geometry = "320x240", .pages = "2"});
    const std::uint64_t before = screen.frames();
    const command_result drawn =
        memlane({"draw", screen.memory().name(), "card", "--animate", "--frames", "20"});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_THAT(drawn.out, HasSubstr("20 frames"));
    // A flip each, and refreshes while it was mapped.
    EXPECT_GE(screen.frames(), before + 20);
}

TEST(Screens, are_drawn_behind_the_scenes)
{
    const framebuffer screen({.geometry = "320x240", .pages = "2"});
    must_draw(screen, {"bars", "--page", "1"});
    const guest::scratch_dir folder;
    const std::string png = folder.file("shot.png");
    ASSERT_EQ(memlane({"shot", screen.memory().name(), png}).status, 0);
    EXPECT_EQ(decode_png(png).substr(0, 3), std::string(3, '\0'));
    fb_var_screeninfo mode = guest::variable_info(screen.open(O_RDWR));
    mode.yoffset = 240;
    ASSERT_EQ(::ioctl(screen.open(O_RDWR), FBIOPAN_DISPLAY, &mode), 0);
    ASSERT_EQ(memlane({"shot", screen.memory().name(), png}).status, 0);
    EXPECT_EQ(decode_png(png).substr(0, 3), "\xff\xff\xff");
}

TEST(Screens, are_saved_as_any_memory)
{
    const framebuffer screen({.geometry = "640x480"});
    must_draw(screen, {"card"});
    const guest::scratch_fs disk;
    const std::string file = disk.file("frame.raw");
    const command_result saved = memlane({"save", screen.memory().name(), file, "--verify"});
    EXPECT_EQ(saved.status, 0) << saved.err;
    EXPECT_TRUE(content(file) == content(screen.memory().node()));
}

TEST(Screens, of_another_driver_are_drawn_and_shot_and_watched_too)
{
    // vesafb, see tests/guest: 800x600 in 16 bits.
    const std::string card = "fb:/dev/fb0";
    ASSERT_EQ(memlane({"draw", card, "bars"}).status, 0);
    const guest::scratch_dir folder;
    const std::string png = folder.file("shot.png");
    ASSERT_EQ(memlane({"shot", card, png}).status, 0);
    const std::string pixels = decode_png(png);
    ASSERT_EQ(pixels.size(), 800U * 600 * 3);
    EXPECT_EQ(pixels.substr(150 * 3, 3), std::string("\xff\xff\x00", 3)); // yellow

    const guest::viewer server({card});
    vnc_client client(server.port());
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(150, 300) == 0xffff00; }));
    ASSERT_EQ(memlane({"draw", card, "text", "--text", " "}).status, 0);
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(150, 300) == 0; }));
}

// view

class Watched : public testing::Test {
protected:
    /** By the region's name, or as the framebuffer it is. */
    explicit Watched(const framebuffer_options& options = {.geometry = "640x480", .pages = "2"})
        : screen_(options)
    {
        must_draw(screen_, {"bars"});
    }

    framebuffer screen_;
};

constexpr std::uint32_t yellow = 0xffff00;
constexpr std::uint32_t black = 0;

TEST_F(Watched, are_seen_by_a_client_as_they_change)
{
    for (const std::string& source : {screen_.memory().name(), "fb:" + screen_.node()}) {
        must_draw(screen_, {"bars"});
        const guest::viewer server({source});
        vnc_client client(server.port());
        ASSERT_TRUE(client.is_connected());
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
        must_draw(screen_, {"text", "--text", " "});
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == black; }));
    }
}

TEST_F(Watched, show_what_is_flipped_to_and_nothing_when_blank)
{
    must_draw(screen_, {"text", "--text", " ", "--page", "1"});
    const guest::viewer server({screen_.memory().name()});
    vnc_client client(server.port());
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
    {
        const guest::fd fb = screen_.open(O_RDWR);
        fb_var_screeninfo mode = guest::variable_info(fb);
        mode.yoffset = 480;
        ASSERT_EQ(::ioctl(fb, FBIOPAN_DISPLAY, &mode), 0);
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == black; }));
        mode.yoffset = 0;
        ASSERT_EQ(::ioctl(fb, FBIOPAN_DISPLAY, &mode), 0);
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
        ASSERT_EQ(::ioctl(fb, FBIOBLANK, FB_BLANK_NORMAL), 0);
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == black; }));
        ASSERT_EQ(::ioctl(fb, FBIOBLANK, FB_BLANK_UNBLANK), 0);
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
    }
}

TEST_F(Watched, follow_a_change_of_mode)
{
    const guest::viewer server({screen_.memory().name()});
    vnc_client client(server.port());
    ASSERT_EQ(client.width(), 640);
    ASSERT_EQ(sh("fbset -fb " + screen_.node() + " -g 320 240 320 480 16"), 0);
    EXPECT_TRUE(client.wait_until([&] { return client.width() == 320 && client.height() == 240; }));
    must_draw(screen_, {"bars"});
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(60, 120) == yellow; }));
}

TEST_F(Watched, show_another_colour_map)
{
    const framebuffer gray({.geometry = "320x240", .format = "gray8"});
    const guest::viewer server({gray.memory().name()});
    vnc_client client(server.port());
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(9, 9) == black; }));
    std::uint16_t red = 0xffff;
    std::uint16_t green = 0xffff;
    std::uint16_t blue = 0;
    fb_cmap map = {
        .start = 0, .len = 1, .red = &red, .green = &green, .blue = &blue, .transp = nullptr};
    ASSERT_EQ(::ioctl(gray.open(O_RDWR), FBIOPUTCMAP, &map), 0);
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(9, 9) == yellow; }));
}

TEST_F(Watched, can_be_destroyed_of_which_clients_are_told)
{
    guest::viewer server({screen_.memory().name()});
    vnc_client client(server.port());
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
    const command_result destroyed = memlane({"destroy", screen_.memory().name()});
    EXPECT_EQ(destroyed.status, 0) << destroyed.err;
    EXPECT_TRUE(client.wait_for_end());
    EXPECT_THAT(client.clipboard, HasSubstr("gone"));
    const command_result ended = server.command().wait();
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("view memlane:" + screen_.memory().name()),
                                 HasSubstr("ENODEV"), HasSubstr("gone")));
}

TEST_F(Watched, are_not_held_open)
{
    const guest::viewer server({screen_.memory().name()});
    vnc_client client(server.port());
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(120, 240) == yellow; }));
    client.wait_until([] { return false; }, std::chrono::seconds(1));
    EXPECT_EQ(guest::counter(screen_.memory().name(), "open_count"), 0U);
}

} // namespace
