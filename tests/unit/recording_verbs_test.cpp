// SPDX-License-Identifier: GPL-2.0-or-later
// The command on recordings: info, check and play, where no driver is needed.
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"
#include "recording_files.hpp"
#include "video_line.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using nlohmann::json;
using recordings::content;
using recordings::cut;
using recordings::damage;
using recordings::files;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(CheckVerb, says_that_nothing_is_wrong)
{
    const files made;
    const command_result result = memlane({"check", made.base()});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, made.base() + ": complete, 8 frames, 6.74 KiB, 0 dropped, 8 verified\n");
    EXPECT_EQ(memlane({"check", made.raw()}).status, 0);
}

TEST(CheckVerb, says_what_is_wrong_and_exits_1)
{
    const files made;
    damage(made.raw(), made.records()[3].offset_bytes + 100);
    const command_result result = memlane({"check", made.base()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.out,
                StartsWith(made.raw() + ": record 3, frame 103: the bytes are not those that were "
                                        "stamped\n"));
    EXPECT_THAT(result.err, AllOf(HasSubstr("1 finding; --repair"), HasSubstr("EBADMSG")));
    EXPECT_EQ(memlane({"check", made.base(), "--no-data"}).status, 0);
}

TEST(CheckVerb, tells_programs_in_json)
{
    const files made;
    damage(made.index(), recordings::place_of(2));
    const command_result result = memlane({"check", made.base(), "--json"});
    EXPECT_EQ(result.status, 1);
    const json document = json::parse(result.out);
    EXPECT_EQ(document["schema"], 1);
    EXPECT_EQ(document["good"], false);
    EXPECT_EQ(document["state"], "complete");
    EXPECT_EQ(document["frames"], 7);
    EXPECT_EQ(document["verified"], 7);
    ASSERT_EQ(document["findings"].size(), 1U);
    const json& found = document["findings"][0];
    EXPECT_EQ(found["kind"], "record_damaged");
    EXPECT_EQ(found["note"], false);
    EXPECT_EQ(found["path"], made.index());
    EXPECT_EQ(found["record"], 2);
    EXPECT_EQ(found["sequence"], nullptr);
}

TEST(CheckVerb, repairs_once)
{
    const files made({.finished = false});
    cut(made.index(), recordings::place_of(5) + 9);
    const command_result before = memlane({"check", made.base()});
    EXPECT_EQ(before.status, 1);
    EXPECT_THAT(before.out, HasSubstr("it was cut off; repair makes it"));

    const command_result result = memlane({"check", made.base(), "--repair"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("repaired: it holds 5 frames; 1 records without"));
    EXPECT_THAT(result.out, HasSubstr(": repaired, 5 frames, "));
    EXPECT_THAT(result.out, HasSubstr("5 verified"));

    const command_result again = memlane({"check", made.base(), "--repair", "--json"});
    EXPECT_EQ(again.status, 0);
    EXPECT_EQ(json::parse(again.out)["repair"]["changed"], false);
    EXPECT_EQ(json::parse(again.out)["good"], true);
}

TEST(CheckVerb, fails_where_nothing_can_be_repaired)
{
    const files made;
    std::filesystem::remove(made.index());
    const command_result result = memlane({"check", made.base(), "--repair"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr(made.index() + " is missing"));
    EXPECT_EQ(memlane({"check", made.path("other")}).status, 1);
}

TEST(CheckVerb, an_interrupt_ends_it_with_130)
{
    // So many small frames that there is time for the signal.
    const files made({.frames = 1, .stamped = false});
    std::vector<memlane::detail::index_record> records(1'000'000, made.records()[0]);
    made.put_records(records);
    guest::command check({"check", made.base()});
    ::usleep(30'000);
    check.signal(SIGINT);
    const command_result result = check.wait();
    // It may be too early to be caught, or too late.
    EXPECT_THAT(result.status, testing::AnyOf(130, 1)) << result.err;
}

TEST(InfoVerb, shows_a_recording)
{
    const files made(
        {.change = [](std::size_t number, auto& it) { it.what.dropped = number == 4 ? 2 : 0; }});
    const command_result result = memlane({"info", made.base()});
    EXPECT_EQ(result.status, 0) << result.err;
    for (const char* part : {"source     memlane:test", "state      complete: the source ended",
                             "frames     8, 2 dropped", "sequences  100 to 109",
                             "duration   0.140 s", "rate       50.00/s", "raw files  1"}) {
        EXPECT_THAT(result.out, HasSubstr(part));
    }
    for (const std::string& path : {made.json(), made.index(), made.raw()}) {
        EXPECT_THAT(memlane({"info", path}).out, StartsWith("recording  " + made.base() + "\n"));
    }
}

TEST(InfoVerb, counts_the_frames_of_one_that_was_cut_off)
{
    const files made({.finished = false});
    cut(made.index(), recordings::place_of(6) + 3);
    const json document = json::parse(memlane({"info", made.base(), "--json"}).out);
    EXPECT_EQ(document["state"], "recording");
    EXPECT_EQ(document["frames"], 6);
    EXPECT_EQ(document["last_sequence"], 105);
    EXPECT_EQ(document["frames_per_second"], 50.0);
    EXPECT_FALSE(document.contains("video"));
}

TEST(InfoVerb, a_bare_name_without_files_is_a_region)
{
    EXPECT_THAT(memlane({"info", "no-such-region"}).err, HasSubstr("find region no-such-region"));
}

TEST(PlayVerb, writes_the_frames_one_behind_the_other_to_standard_output)
{
    const files made({.frames = 20, .frames_a_file = 7});
    const guest::fd out(::open(made.path("played").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const command_result result = memlane({"play", made.base(), "-", "--json"}, {.out_fd = out});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(json::parse(result.err)["frames"], 20);
    std::string expected;
    for (const auto& each : made.records()) {
        expected += made.bytes_of(each.what.sequence);
    }
    EXPECT_TRUE(content(made.path("played")) == expected);
}

TEST(PlayVerb, leaves_each_frame_at_the_start_of_plain_memory)
{
    const files made;
    const std::string memory = made.path("memory");
    recordings::put(memory, std::string(8192, 'x'));
    const command_result result = memlane({"play", made.base(), "file:" + memory, "--rate", "0"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("8 frames, 6.74 KiB in "));
    const std::string& last = made.bytes_of(107);
    EXPECT_TRUE(content(memory).substr(0, last.size()) == last);
    EXPECT_EQ(content(memory).substr(4096), std::string(4096, 'x'));
}

TEST(PlayVerb, takes_as_long_as_the_recording_or_as_it_is_told)
{
    const files made; // 8 frames, 20 ms apart
    const auto elapsed = [&](std::vector<std::string> options) {
        options.insert(options.begin(), {"play", made.base(), "memfd:64K", "--json"});
        return json::parse(memlane(options).out)["elapsed_ns"].get<double>() / 1e9;
    };
    EXPECT_GE(elapsed({}), 0.14);
    EXPECT_GE(elapsed({"--rate", "20"}), 0.35);
    EXPECT_LT(elapsed({"--rate", "0"}), 0.14);
}

TEST(PlayVerb, loops_until_interrupted)
{
    const files made;
    guest::command play({"play", made.base(), "memfd:64K", "--rate", "1000", "--loop", "--json"});
    ::usleep(500'000);
    play.signal(SIGINT);
    const command_result result = play.wait();
    EXPECT_EQ(result.status, 0);
    EXPECT_GT(json::parse(result.out)["frames"], 16);
}

TEST(PlayVerb, a_frame_that_does_not_fit_is_an_error)
{
    const files made({.change = [](std::size_t, auto& it) { it.what.length_bytes = 4000; }});
    const std::string memory = made.path("memory");
    recordings::put(memory, std::string(100, 'x'));
    const command_result result = memlane({"play", made.base(), "file:" + memory});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("a frame has 4000 bytes, there is room for "));
}

TEST(PlayVerb, damage_ends_it)
{
    const files made;
    cut(made.raw(), made.records()[4].offset_bytes);
    const command_result result = memlane({"play", made.base(), "memfd:64K", "--rate", "0"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("in front of the end of frame 104"));
}

/** A recording of gray pictures, each of one brightness. */
class Video : public testing::Test {
protected:
    /** @param stride how many bytes a row takes; rows times that are a frame's bytes */
    static recordings::shape pictures(std::uint32_t width, std::uint32_t height,
                                      std::uint32_t stride)
    {
        return {.frames = 10,
                .stamped = false,
                .change =
                    [=](std::size_t number, auto& it) {
                        it.what.length_bytes = stride * height;
                        it.offset_bytes =
                            number * ((std::uint64_t{stride} * height + 511) / 512 * 512);
                    },
                .picture = memlane::recorded_picture{.size = {.width = width, .height = height},
                                                     .format = memlane::pixel_format::gray8,
                                                     .stride_bytes = stride,
                                                     .refresh_hz = 60}};
    }

    /** Runs the line of info. @return size and count of the pictures, as ffprobe tells them */
    static std::string make_video(const files& made, const std::string& line)
    {
        const std::string path = guest::program();
        const std::string folder = path.substr(0, path.rfind('/'));
        EXPECT_EQ(guest::sh("PATH=" + folder + ":$PATH; " + line + " -y -loglevel error"), 0)
            << line;
        EXPECT_EQ(guest::sh("ffprobe -v error -show_entries stream=width,height,nb_frames -of "
                            "csv=p=0 " +
                            made.base() + ".mp4 >" + made.path("probe")),
                  0);
        return content(made.path("probe"));
    }

    static std::string line_of(const files& made)
    {
        return json::parse(memlane({"info", made.base(), "--json"}).out)["video"];
    }
};

TEST_F(Video, is_made_of_the_raw_file_where_nothing_is_between_its_pictures)
{
    const files made(pictures(64, 48, 64));
    const std::string line = line_of(made);
    EXPECT_EQ(line, "ffmpeg -f rawvideo -pixel_format gray -video_size 64x48 -framerate 50 -i " +
                        made.raw() + " -pix_fmt yuv420p " + made.base() + ".mp4");
    EXPECT_EQ(make_video(made, line), "64,48,10\n");
}

TEST_F(Video, leaves_out_what_is_between_rows)
{
    const files made(pictures(60, 48, 64));
    const std::string line = line_of(made);
    EXPECT_THAT(line,
                AllOf(StartsWith("ffmpeg "), HasSubstr("64x48"), HasSubstr("crop=60:48:0:0")));
    EXPECT_EQ(make_video(made, line), "60,48,10\n");
}

TEST_F(Video, is_made_by_play_where_something_is_between_pictures)
{
    const files made(pictures(33, 21, 40));
    const std::string line = line_of(made);
    EXPECT_THAT(line, AllOf(StartsWith("memlane play " + made.base() + " - | ffmpeg "),
                            HasSubstr("33x21"), HasSubstr("pad=34:22")));
    EXPECT_EQ(make_video(made, line), "34,22,10\n");
    // What ffmpeg gets is pixels and nothing else.
    EXPECT_EQ(guest::sh(guest::program() + " play " + made.base() + " - 2>/dev/null | wc -c >" +
                        made.path("count")),
              0);
    EXPECT_EQ(content(made.path("count")), "6930\n");
}

TEST_F(Video, of_an_odd_name_is_still_one_line_for_a_shell)
{
    const files made(pictures(64, 48, 64));
    EXPECT_THAT(::memlane::tool::video_line("it's $(here)", made.info()),
                HasSubstr(R"('it'\''s $(here).mp4')"));
}

} // namespace
