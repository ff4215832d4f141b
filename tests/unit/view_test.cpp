// SPDX-License-Identifier: GPL-2.0-or-later
// What a VNC client sees of memory that "memlane view" shows.
#include <csignal>
#include <fstream>
#include <random>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/pattern.hpp"
#include "scratch_dir.hpp"
#include "viewed.hpp"
#include "vnc_client.hpp"

namespace {

using memlane::geometry;
using memlane::pixel_format;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr memlane::extent small = {150, 70}; // no multiple of a tile

/// @return 0xRRGGBB of the bytes that @p format stores, computed in another way.
std::uint32_t colour_of(pixel_format format, const unsigned char* bytes)
{
    const auto wide = [](unsigned value, unsigned bits) {
        return (value * 255 + ((1U << bits) - 1) / 2) / ((1U << bits) - 1);
    };
    if (format == pixel_format::gray8) {
        return bytes[0] * 0x010101U;
    }
    if (format != pixel_format::rgb565) {
        return bytes[2] * 0x10000U + bytes[1] * 0x100U + bytes[0];
    }
    const unsigned value = bytes[1] * 256U + bytes[0];
    return (wide(value >> 11U, 5) << 16U) + (wide(value >> 5U & 63U, 6) << 8U) +
           wide(value & 31U, 5);
}

/// @return how far two colours are apart in what differs most.
unsigned distance(std::uint32_t one, std::uint32_t other)
{
    unsigned most = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const int difference =
            static_cast<int>(one >> shift & 255U) - static_cast<int>(other >> shift & 255U);
        most = std::max(most, static_cast<unsigned>(std::abs(difference)));
    }
    return most;
}

void fill(screen_file& file)
{
    std::mt19937 random(7);
    for (std::uint32_t y = 0; y < file.as().size.height; ++y) {
        for (std::uint32_t x = 0; x < file.as().size.width; ++x) {
            file.set(x, y,
                     {static_cast<unsigned char>(random()), static_cast<unsigned char>(x),
                      static_cast<unsigned char>(random()), 0});
        }
    }
}

/// @return pixels that are not what memory says. Widening 5 bits to 8 may round either way.
unsigned count_wrong(screen_file& file, const vnc_client& client)
{
    unsigned wrong = 0;
    for (std::uint32_t y = 0; y < file.as().size.height; ++y) {
        for (std::uint32_t x = 0; x < file.as().size.width; ++x) {
            const std::uint32_t want = colour_of(file.as().format, file.at(x, y));
            const unsigned most = file.as().format == pixel_format::rgb565 ? 1 : 0;
            wrong += distance(client.pixel(x, y), want) > most ? 1U : 0U;
        }
    }
    return wrong;
}

class EachFormat : public testing::TestWithParam<pixel_format> {};

INSTANTIATE_TEST_SUITE_P(View, EachFormat,
                         testing::Values(pixel_format::xrgb8888, pixel_format::rgb565,
                                         pixel_format::rgb888, pixel_format::gray8),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST_P(EachFormat, arrives_as_it_is_in_memory)
{
    screen_file file({.size = small, .format = GetParam()});
    fill(file);
    const viewer server(file);
    vnc_client client(server.port());
    ASSERT_TRUE(client.is_connected());
    EXPECT_TRUE(client.wait_until([&] { return client.pixels > 0; }));
    EXPECT_EQ(count_wrong(file, client), 0);

    const std::array<unsigned char, 4> other = {0x5a, 0xa5, 0x3c, 0};
    file.set(149, 69, other);
    const std::uint32_t want = colour_of(GetParam(), other.data());
    EXPECT_TRUE(client.wait_until([&] { return distance(client.pixel(149, 69), want) <= 1; }));
    EXPECT_EQ(count_wrong(file, client), 0);
}

/// A screen of several tiles each way, black, and a client that has it.
class View : public testing::Test {
protected:
    static constexpr std::uint32_t width = 320;
    static constexpr std::uint32_t height = 200;
    static constexpr std::uint32_t white = 0xffffff;

    void SetUp() override
    {
        ASSERT_TRUE(client_.is_connected());
        ASSERT_TRUE(client_.wait_until([&] { return client_.pixels >= width * height; }));
        client_.forget();
    }

    void draw(std::uint32_t x, std::uint32_t y) { file_.set(x, y, {0xff, 0xff, 0xff, 0}); }

    bool wait_for(std::uint32_t x, std::uint32_t y)
    {
        return client_.wait_until([&] { return client_.pixel(x, y) == white; });
    }

    screen_file file_{geometry{.size = {width, height}}};
    viewer server_{file_};
    vnc_client client_{server_.port()};
};

TEST_F(View, says_what_it_shows_and_where)
{
    EXPECT_THAT(server_.line(), MatchesRegex("file:" + file_.path() +
                                             ", 320x200 xrgb8888: vnc://127\\.0\\.0\\.1:[0-9]+"));
    EXPECT_EQ(client_.name(), "file:" + file_.path() + " 320x200 xrgb8888");
}

TEST_F(View, sends_the_tile_that_changed_and_no_other)
{
    draw(100, 100);
    ASSERT_TRUE(wait_for(100, 100));
    EXPECT_LE(client_.pixels, 2 * 64 * 16); // twice, when a look was under way
    draw(319, 199);
    ASSERT_TRUE(wait_for(319, 199));
    EXPECT_LE(client_.pixels, 4 * 64 * 16);
}

TEST_F(View, notices_a_pixel_after_a_long_rest)
{
    // So long that it looks at a part of the rows only.
    EXPECT_FALSE(client_.wait_until([] { return false; }, std::chrono::milliseconds(1200)));
    for (const std::uint32_t y : {50U, 51U, 52U, 53U, 54U, 55U, 56U, 57U}) {
        draw(10, y);
        ASSERT_TRUE(wait_for(10, y));
        client_.wait_until([] { return false; }, std::chrono::milliseconds(700));
    }
}

TEST_F(View, sends_nothing_as_long_as_nothing_changes)
{
    client_.wait_until([] { return false; }, std::chrono::milliseconds(1500));
    EXPECT_EQ(client_.updates, 0);
}

TEST_F(View, shows_the_same_to_several)
{
    vnc_client other(server_.port());
    draw(7, 7);
    EXPECT_TRUE(wait_for(7, 7));
    EXPECT_TRUE(other.wait_until([&] { return other.pixel(7, 7) == white; }));
}

TEST_F(View, shows_who_comes_later_what_changed_while_nobody_looked)
{
    draw(300, 20);
    vnc_client other(server_.port());
    EXPECT_TRUE(other.wait_until([&] { return other.pixel(300, 20) == white; }));
}

TEST_F(View, interrupted_hangs_up_and_ends_well)
{
    server_.command().signal(SIGINT);
    EXPECT_TRUE(client_.wait_for_end());
    const guest::command_result result = server_.command().wait();
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
}

TEST_F(View, terminated_ends_well)
{
    server_.command().signal(SIGTERM);
    EXPECT_EQ(server_.command().wait().status, 0);
}

TEST_F(View, whose_terminal_hangs_up_exits_129)
{
    server_.command().signal(SIGHUP);
    const guest::command_result result = server_.command().wait();
    EXPECT_EQ(result.status, 129);
    EXPECT_THAT(result.err, HasSubstr("view source file:" + file_.path() + ": "));
}

TEST_F(View, of_a_file_that_is_cut_tells_clients_and_says_where_it_ended)
{
    file_.cut_to(4096);
    EXPECT_TRUE(client_.wait_for_end());
    EXPECT_THAT(client_.clipboard, HasSubstr("no memory at offset 4096"));
    const guest::command_result result = server_.command().wait();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("no memory at offset 4096"));
    EXPECT_THAT(result.err, HasSubstr("the file has 4096 bytes now, not 256000"));
}

class Password : public testing::Test {
protected:
    Password() { write("secret\n"); }

    void write(const std::string& text) const
    {
        std::ofstream(path_) << text;
        ::chmod(path_.c_str(), 0600);
    }

    guest::command_result refused() const
    {
        return guest::memlane({"view", "file:" + file_.path(), "--geometry", "64x64", "--listen",
                               "127.0.0.1:0", "--password-file", path_});
    }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("password");
    screen_file file_{geometry{.size = {64, 64}}};
};

TEST_F(Password, that_is_right_is_let_in_and_others_are_not)
{
    const viewer server(file_, {"--password-file", path_});
    EXPECT_FALSE(vnc_client(server.port()).is_connected());
    EXPECT_FALSE(vnc_client(server.port(), "Secret").is_connected());
    vnc_client client(server.port(), "secret");
    ASSERT_TRUE(client.is_connected());
    EXPECT_TRUE(client.wait_until([&] { return client.updates > 0; }));
}

TEST_F(Password, that_VNC_would_cut_is_refused)
{
    write("ninechars");
    const guest::command_result result = refused();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(EINVAL): the password has 9 bytes, VNC takes 8"));
}

TEST_F(Password, that_others_can_read_is_refused_with_the_remedy)
{
    ::chmod(path_.c_str(), 0640);
    const guest::command_result result = refused();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("chmod 600 " + path_));
}

TEST(Listen, to_a_port_that_is_taken_fails_with_its_name)
{
    screen_file file({.size = {64, 64}});
    const viewer first(file);
    const std::string taken = "127.0.0.1:" + std::to_string(first.port());
    const guest::command_result second =
        guest::memlane({"view", "file:" + file.path(), "--geometry", "64x64", "--listen", taken});
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(second.err, "memlane: view file:" + file.path() + ": listen on " + taken +
                              ": Address already in use (EADDRINUSE)\n");
    const guest::command_result web =
        guest::memlane({"view", "file:" + file.path(), "--geometry", "64x64", "--listen",
                        "127.0.0.1:0", "--http", std::to_string(first.port())});
    EXPECT_THAT(web.err, HasSubstr("listen on " + taken + ": Address already in use"));
}

TEST(Listen, works_with_ipv6)
{
    screen_file file({.size = {64, 64}});
    const viewer server(file, {"--listen", "[::1]:0", "--http", "0"});
    EXPECT_THAT(server.line(), HasSubstr("vnc://[::1]:"));
    EXPECT_THAT(server.line(), HasSubstr(" http://[::1]:"));
    EXPECT_TRUE(vnc_client(server.port(), "", "raw", "::1").is_connected());
}

TEST(Listen, to_all_the_world_without_a_password_is_warned_of)
{
    screen_file file({.size = {64, 64}});
    for (const bool with_password : {false, true}) {
        const guest::scratch_dir folder;
        const std::string path = folder.file("password");
        std::ofstream(path) << "secret";
        ::chmod(path.c_str(), 0600);
        std::vector<std::string> options = {"--listen", "0.0.0.0:0"};
        if (with_password) {
            options.insert(options.end(), {"--password-file", path});
        }
        viewer server(file, options);
        server.command().signal(SIGINT);
        const std::string said = server.command().wait().err;
        EXPECT_EQ(said.find("--password-file") != std::string::npos, !with_password) << said;
    }
}

TEST(Rate, keeps_up_with_what_changes_thirty_times_a_second)
{
    screen_file file({.size = {320, 200}});
    const viewer server(file, {"--fps", "30"});
    vnc_client client(server.port());
    ASSERT_TRUE(client.is_connected());
    client.wait_until([&] { return client.updates > 0; });
    client.forget();
    unsigned char shade = 0;
    // With each call something has changed, so that each look finds something.
    client.wait_until(
        [&] {
            file.set(5, 5, {++shade, shade, shade, 0});
            return false;
        },
        std::chrono::seconds(2));
    EXPECT_GE(client.updates, 30);
    EXPECT_LE(client.updates, 66);
}

TEST(ViewOf, memfd_shows_memory_that_needs_no_driver_and_no_file)
{
    const guest::viewer server({"memfd:64K@5", "--geometry", "128x128"});
    vnc_client client(server.port());
    ASSERT_TRUE(client.is_connected());
    std::array<std::byte, 128 * 128 * 4> pattern = {};
    memlane::fill_pattern(pattern, 5);
    const auto pixel = [&](std::uint32_t x, std::uint32_t y) {
        std::uint32_t value = 0;
        std::memcpy(&value, &pattern[(y * 128 + x) * 4], sizeof value);
        return value & 0xffffffU;
    };
    EXPECT_TRUE(client.wait_until([&] { return client.pixel(127, 127) == pixel(127, 127); }));
    EXPECT_EQ(client.pixel(0, 0), pixel(0, 0));
    EXPECT_EQ(client.pixel(64, 100), pixel(64, 100));
}

} // namespace
