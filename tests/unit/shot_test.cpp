// SPDX-License-Identifier: GPL-2.0-or-later
// The verb shot, and both ways through memory of each format.
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "png_files.hpp"
#include "screen_files.hpp"

namespace {

using guest::command_result;
using ::memlane::pixel_format;
using ::memlane::rgb;
using ::memlane::tool::pattern_kind;
using ::memlane::tool::picture;
using testing::HasSubstr;

class Shot : public ScreenFile {
protected:
    Shot() { make({.size = {150, 90}}); }

    /// @return the descriptor of a new file.
    [[nodiscard]] guest::fd create() const
    {
        return guest::fd(::open(out_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }

    std::string out_ = folder_.file("out.png");
};

/// @return a level after it was stored in some bits.
std::uint8_t through(std::uint8_t level, unsigned bits)
{
    const unsigned kept = unsigned{level} >> (8 - bits);
    return static_cast<std::uint8_t>(kept << (8 - bits) | kept >> (2 * bits - 8));
}

/// @return what a format keeps of a colour.
rgb through(rgb colour, pixel_format format)
{
    switch (format) {
    case pixel_format::rgb565:
        return {through(colour.red, 5), through(colour.green, 6), through(colour.blue, 5)};
    case pixel_format::gray8: {
        const auto level = static_cast<std::uint8_t>(
            (77U * colour.red + 151U * colour.green + 28U * colour.blue) / 256);
        return {level, level, level};
    }
    case pixel_format::xrgb8888:
    case pixel_format::rgb888:
        break;
    }
    return colour;
}

class Formats : public Shot, public testing::WithParamInterface<pixel_format> {};

TEST_P(Formats, keep_what_is_drawn_as_far_as_they_can)
{
    make({.size = {151, 90}, .format = GetParam()});
    ASSERT_EQ(run("draw", {"gradient"}).status, 0);
    const command_result result = run("shot", {out_});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out,
              uri() + " -> " + out_ + ": 151x90 " + std::string(to_string(GetParam())) + "\n");
    picture wanted = expected(pattern_kind::gradient);
    for (std::uint32_t y = 0; y < wanted.size().height; ++y) {
        for (rgb& each : wanted.row(y)) {
            each = through(each, GetParam());
        }
    }
    EXPECT_EQ(png_files::decode(out_), wanted);
}

INSTANTIATE_TEST_SUITE_P(All, Formats,
                         testing::Values(pixel_format::xrgb8888, pixel_format::rgb565,
                                         pixel_format::rgb888, pixel_format::gray8),
                         [](const auto& format) { return std::string(to_string(format.param)); });

TEST_F(Shot, of_a_png_that_was_drawn_is_that_png)
{
    const std::string original = folder_.file("in.png");
    ASSERT_EQ(run("draw", {"noise"}).status, 0);
    ASSERT_EQ(run("shot", {original}).status, 0);
    ASSERT_EQ(run("draw", {"card"}).status, 0);
    ASSERT_EQ(run("draw", {original}).status, 0);
    ASSERT_EQ(run("shot", {out_}).status, 0);
    EXPECT_EQ(guest::sh("cmp " + original + " " + out_), 0);
    EXPECT_EQ(png_files::decode(out_), expected(pattern_kind::noise));
}

TEST_F(Shot, shows_the_first_of_several_pages)
{
    make({.size = {150, 90}, .pages = 2});
    ASSERT_EQ(run("draw", {"bars"}).status, 0);
    ASSERT_EQ(run("draw", {"noise", "--page", "1"}).status, 0);
    ASSERT_EQ(run("shot", {out_}).status, 0);
    EXPECT_EQ(png_files::decode(out_), expected(pattern_kind::bars));
}

TEST_F(Shot, needs_no_right_to_write_to_the_memory)
{
    ASSERT_EQ(run("draw", {"bars"}).status, 0);
    ASSERT_EQ(::chmod(folder_.file("").c_str(), 0755), 0);
    ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
    std::string shared = "/var/tmp/memlane-shot.XXXXXX";
    ASSERT_NE(::mkdtemp(shared.data()), nullptr);
    const std::string copy = shared + "/frame.raw";
    std::filesystem::copy_file(path_, copy);
    ASSERT_EQ(::chmod(shared.c_str(), 0755), 0);
    const guest::fd out = create();
    const command_result result =
        guest::memlane({"shot", "file:" + copy, "-", "--geometry", "150x90"},
                       {.out_fd = out, .uid = guest::nobody});
    std::filesystem::remove_all(shared);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(png_files::decode(out_), expected(pattern_kind::bars));
}

TEST_F(Shot, to_standard_output_has_its_words_elsewhere)
{
    ASSERT_EQ(run("draw", {"bars"}).status, 0);
    const guest::fd out = create();
    const command_result result = run("shot", {"-"}, {.out_fd = out});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, uri() + " -> -: 150x90 xrgb8888\n");
    EXPECT_EQ(png_files::decode(out_), expected(pattern_kind::bars));
}

TEST_F(Shot, is_not_for_a_terminal)
{
    const guest::fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_GE(master, 0);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const guest::fd terminal(::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_GE(terminal, 0);
    const command_result result = run("shot", {"-"}, {.out_fd = terminal});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("a terminal does not show a PNG"));
}

TEST_F(Shot, to_a_full_disk_or_a_closed_pipe_names_what_is_wrong)
{
    EXPECT_EQ(run("shot", {"/dev/full"}).err,
              "memlane: write picture /dev/full: No space left on device (ENOSPC)\n");
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ::close(ends[0]);
    const command_result result = run("shot", {"-"}, {.out_fd = ends[1]});
    ::close(ends[1]);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "memlane: write picture standard output: Broken pipe (EPIPE)\n");
}

TEST_F(Shot, of_memory_without_a_geometry_needs_one)
{
    const command_result result = guest::memlane({"shot", uri(), out_});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(EINVAL)"));
    EXPECT_FALSE(std::filesystem::exists(out_));
}

} // namespace
