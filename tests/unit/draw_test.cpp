// SPDX-License-Identifier: GPL-2.0-or-later
// The verb draw, on memory that no driver shows.
#include <csignal>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "png.hpp"
#include "scale.hpp"
#include "screen_files.hpp"

namespace {

using guest::command_result;
using ::memlane::pixel_format;
using ::memlane::tool::pattern_kind;
using ::memlane::tool::picture;
using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;

class Draw : public ScreenFile {
protected:
    Draw() { make({.size = {200, 120}}); }

    /// @return the path of a PNG of one colour.
    [[nodiscard]] std::string png(::memlane::extent size) const
    {
        std::string path = folder_.file("in.png");
        write_png(picture(size, {10, 20, 30}), path);
        return path;
    }
};

TEST_F(Draw, says_what_it_drew_and_where)
{
    const command_result result = run("draw", {"card"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, uri() + ": card, 200x120 xrgb8888, page 0\n");
    EXPECT_EQ(content(), expected(pattern_kind::card));
}

TEST_F(Draw, draws_each_pattern)
{
    for (const pattern_kind kind :
         {pattern_kind::gradient, pattern_kind::noise, pattern_kind::bars}) {
        ASSERT_EQ(run("draw", {std::string(to_string(kind))}).status, 0);
        EXPECT_EQ(content(), expected(kind)) << to_string(kind);
    }
}

TEST_F(Draw, draws_the_text_or_else_the_geometry_and_the_name)
{
    ASSERT_EQ(run("draw", {"text", "--text", "two words"}).status, 0);
    EXPECT_EQ(content(), expected(pattern_kind::text, 0, "two words"));
    ASSERT_EQ(run("draw", {"text"}).status, 0);
    EXPECT_EQ(content(), expected(pattern_kind::text, 0, "200x120 xrgb8888\n" + uri()));
}

TEST_F(Draw, tells_programs_in_json)
{
    const json document = json::parse(run("draw", {"bars", "--json"}).out);
    EXPECT_EQ(document, json({{"schema", 1},
                              {"verb", "draw"},
                              {"target", uri()},
                              {"picture", "bars"},
                              {"width", 200},
                              {"height", 120},
                              {"format", "xrgb8888"},
                              {"page", 0}}));
}

TEST_F(Draw, a_page_is_drawn_and_no_other)
{
    make({.size = {100, 75}, .format = pixel_format::rgb888, .pages = 3});
    const picture marked = content(0);
    const command_result result = run("draw", {"bars", "--page", "1"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr(", page 1\n"));
    EXPECT_EQ(content(0), marked);
    EXPECT_EQ(content(1), expected(pattern_kind::bars));
    EXPECT_EQ(content(2), marked);
}

TEST_F(Draw, a_page_that_is_not_there_is_an_error)
{
    for (const char* page : {"1", "4294967296"}) {
        const command_result result = run("draw", {"bars", "--page", page});
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr(std::string("there is no page ") + page + ", only 1"));
    }
}

TEST_F(Draw, bytes_between_rows_are_left_alone)
{
    make({.size = {10, 4}, .format = pixel_format::rgb565});
    ASSERT_EQ(run("draw", {"card"}).status, 0);
    std::ifstream in(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    ASSERT_EQ(bytes.size(), 4U * 64);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool padding = i % 64 >= 20;
        EXPECT_EQ(static_cast<std::byte>(bytes[i]) == mark, padding) << i;
    }
}

TEST_F(Draw, memory_without_a_geometry_needs_one)
{
    const command_result result = guest::memlane({"draw", uri(), "card"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(EINVAL): it has no geometry of its own: give one"));
}

TEST_F(Draw, memory_that_is_too_small_says_by_how_much)
{
    const command_result result =
        guest::memlane({"draw", uri(), "card", "--geometry", "1920x1080"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(ERANGE): 1920x1080 xrgb8888 takes 8294400 bytes"));
}

TEST_F(Draw, an_unknown_pattern_is_bad_usage_and_the_known_are_listed)
{
    const command_result result = run("draw", {"stripes"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("'stripes'"));
    EXPECT_THAT(result.err, HasSubstr("card, gradient, noise, bars or text"));
}

TEST_F(Draw, a_smaller_png_is_centred_on_black)
{
    ASSERT_EQ(run("draw", {png({50, 30})}).status, 0);
    EXPECT_EQ(content(), centred(picture({50, 30}, {10, 20, 30}), as_.size));
}

TEST_F(Draw, a_larger_png_is_refused_with_both_sizes_and_changes_nothing)
{
    const picture before = content();
    for (const ::memlane::extent size : {::memlane::extent{201, 120}, {200, 121}}) {
        const command_result result = run("draw", {png(size)});
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("it is " + ::memlane::tool::size_label(size)));
        EXPECT_THAT(result.err, HasSubstr("only 200x120: --fit scales it down"));
    }
    EXPECT_EQ(content(), before);
}

TEST_F(Draw, fit_scales_a_png_down_and_up_and_keeps_its_aspect)
{
    for (const ::memlane::extent size : {::memlane::extent{400, 400}, {12, 12}}) {
        ASSERT_EQ(run("draw", {png(size), "--fit"}).status, 0);
        EXPECT_EQ(content(), centred(picture({120, 120}, {10, 20, 30}), as_.size));
    }
}

TEST_F(Draw, a_png_that_is_not_there_is_an_error)
{
    const command_result result = run("draw", {folder_.file("nothing.png")});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("nothing.png: No such file or directory (ENOENT)"));
}

/// Moving pictures. Which frame is the last one follows from what is printed.
class Animate : public Draw {
protected:
    void expect_last(const json& result, pattern_kind kind) const
    {
        const std::uint64_t frames = result["frames"];
        const std::uint64_t late = result["late"];
        ASSERT_GT(frames, 0U);
        EXPECT_EQ(content(), expected(kind, frames + late - 1));
    }
};

TEST_F(Animate, draws_as_many_frames_as_it_is_told_at_the_rate_it_is_told)
{
    for (const char* name : {"card", "noise"}) {
        const json result = json::parse(
            run("draw", {name, "--animate", "--frames", "10", "--fps", "40", "--json"}).out);
        EXPECT_EQ(result["frames"], 10);
        // Not sooner; how much later is the machine's affair, and told as such.
        EXPECT_GE(result["elapsed_ns"], 250'000'000);
        EXPECT_LE(result["frames_per_second"], 40.0);
        EXPECT_FALSE(result.contains("page"));
        expect_last(result, name == std::string("card") ? pattern_kind::card : pattern_kind::noise);
    }
}

TEST_F(Animate, ends_when_its_time_is_over)
{
    const json result = json::parse(
        run("draw", {"bars", "--animate", "--seconds", "0.3", "--fps", "100", "--json"}).out);
    EXPECT_GE(result["elapsed_ns"], 300'000'000);
    const std::uint64_t frames = result["frames"];
    const std::uint64_t late = result["late"];
    EXPECT_LE(frames + late, 30U);
    expect_last(result, pattern_kind::bars);
}

TEST_F(Animate, leaves_out_what_it_has_no_time_for_and_tells)
{
    // No machine draws that in a millisecond.
    make({.size = {4000, 4000}});
    const json result = json::parse(
        run("draw", {"noise", "--animate", "--frames", "3", "--fps", "1000", "--json"}).out);
    EXPECT_EQ(result["frames"], 3);
    EXPECT_GT(result["late"], 0);
    expect_last(result, pattern_kind::noise);
}

TEST_F(Animate, says_at_the_end_how_it_went)
{
    const command_result result = run("draw", {"text", "--animate", "--frames", "2"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, MatchesRegex(".*: text, 200x120 xrgb8888: 2 frames in "
                                         "[0-9]+\\.[0-9]+ s, [0-9]+\\.[0-9]/s, [0-9]+ late\n"));
}

TEST_F(Animate, without_a_driver_pages_are_not_flipped)
{
    make({.size = {64, 64}, .pages = 2});
    const picture marked = content(1);
    ASSERT_EQ(run("draw", {"card", "--animate", "--frames", "3", "--fps", "500"}).status, 0);
    EXPECT_NE(content(0), marked);
    EXPECT_EQ(content(1), marked);
}

TEST_F(Animate, interrupted_ends_well_with_the_last_frame_whole)
{
    for (const char* rate : {"200", "0.01"}) {
        make(as_);
        const picture marked = content();
        guest::command drawing(line("draw", {"card", "--animate", "--fps", rate, "--json"}));
        while (content().row(0)[0] == marked.row(0)[0]) {
            ::usleep(1000);
        }
        ::usleep(50'000);
        drawing.signal(SIGINT);
        const command_result result = drawing.wait();
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(result.err, "");
        expect_last(json::parse(result.out), pattern_kind::card);
    }
}

} // namespace
