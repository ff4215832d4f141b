// SPDX-License-Identifier: GPL-2.0-or-later
// memlane play: what was recorded of a ring or of a screen goes into another.
#include <gmock/gmock.h>

#include "framebuffer.hpp"
#include "recorded.hpp"

namespace {

using guest::background_producer;
using guest::check_whole;
using guest::command;
using guest::command_result;
using guest::counts_of;
using guest::framebuffer;
using guest::make_ring;
using guest::memlane;
using guest::wait_until;
using nlohmann::json;

using testing::HasSubstr;

std::string content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Play : public testing::Test {
protected:
    [[nodiscard]] std::string base() const { return fs_.file("run"); }
    [[nodiscard]] std::string again() const { return fs_.file("again"); }

    /// Records frames of a ring, each with its stamp.
    void record_frames(int count)
    {
        const guest::region ring = make_ring();
        const background_producer producer(ring, {"--rate", "200"});
        const command_result result =
            memlane({"record", ring.name(), base(), "--frames", std::to_string(count)});
        ASSERT_EQ(result.status, 0) << result.err;
    }

    guest::scratch_fs fs_{200};
};

TEST_F(Play, into_a_ring_commits_each_frame_with_a_stamp_of_its_new_number)
{
    record_frames(40);
    const guest::region ring = make_ring();
    // A number that is another than it was.
    ASSERT_EQ(memlane({"produce", ring.name(), "--frames", "7", "--rate", "0"}).status, 0);
    command record({"record", ring.name(), again(), "--frames", "47", "--json"});
    wait_until([&] { return counts_of(ring).delivered == 7; });
    const command_result result = memlane({"play", base(), ring.name(), "--rate", "100", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(json::parse(result.out)["frames"], 40);
    EXPECT_EQ(json::parse(result.out)["dropped"], 0);

    EXPECT_EQ(record.wait().status, 0);
    const json found = check_whole(again());
    EXPECT_EQ(found["verified"], 47);
    EXPECT_EQ(found["errors"], 0);
    // Behind the stamps they are what they were.
    const std::string before = content(base() + ".raw");
    const std::string after = content(again() + ".raw");
    constexpr std::size_t slot = 256 * guest::kib;
    ASSERT_EQ(after.size(), before.size() + 7 * slot);
    for (std::size_t at = 0; at < before.size(); at += slot) {
        EXPECT_TRUE(before.substr(at + 32, slot - 32) ==
                    after.substr(at + 7 * slot + 32, slot - 32))
            << at / slot;
    }
}

TEST_F(Play, into_a_ring_without_a_consumer_counts_what_is_dropped)
{
    record_frames(100);
    const guest::region ring = make_ring();
    const command_result result = memlane({"play", base(), ring.name(), "--rate", "0", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(json::parse(result.out)["dropped"], counts_of(ring).dropped);
    EXPECT_GT(counts_of(ring).dropped, 0U);
}

TEST_F(Play, into_a_ring_a_frame_that_is_not_what_was_stamped_is_marked)
{
    record_frames(5);
    ASSERT_EQ(
        guest::sh("printf x | dd of=" + base() + ".raw bs=1 seek=600000 conv=notrunc status=none"),
        0);
    const guest::region ring = make_ring();
    command record({"record", ring.name(), again(), "--frames", "5", "--json"});
    ::usleep(500'000);
    ASSERT_EQ(memlane({"play", base(), ring.name(), "--rate", "50"}).status, 0);
    EXPECT_EQ(record.wait().status, 0);
    const json found = check_whole(again());
    EXPECT_EQ(found["frames"], 5);
    EXPECT_EQ(found["verified"], 4);
    EXPECT_EQ(found["errors"], 1);
}

TEST_F(Play, on_a_framebuffer_shows_each_picture)
{
    {
        const framebuffer screen({.geometry = "64x64", .pages = "2"});
        command draw({"draw", screen.memory().name(), "card", "--animate", "--fps", "20"});
        const command_result result =
            memlane({"record", screen.memory().name(), base(), "--frames", "10"});
        ASSERT_EQ(result.status, 0) << result.err;
    }
    const json info = json::parse(memlane({"info", base(), "--json"}).out);
    EXPECT_EQ(info["picture"]["width"], 64);
    EXPECT_THAT(info["video"], HasSubstr("-video_size 64x64"));

    const framebuffer screen({.geometry = "64x64", .pages = "2"});
    const std::uint64_t before = screen.frames();
    const command_result result = memlane({"play", base(), screen.memory().name()});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_GE(screen.frames(), before + 10) << "a flip for each";
    // Both pages: the last picture and the one in front of it.
    ASSERT_EQ(memlane({"save", screen.memory().name(), fs_.file("shown")}).status, 0);
    ASSERT_EQ(guest::sh(guest::program() + " play " + base() + " - >" + fs_.file("packed")), 0);
    const std::string shown = content(fs_.file("shown"));
    const std::string packed = content(fs_.file("packed"));
    constexpr std::size_t page = std::size_t{64} * 64 * 4;
    ASSERT_EQ(packed.size(), 10 * page);
    EXPECT_TRUE(shown == packed.substr(8 * page) ||
                shown == packed.substr(9 * page) + packed.substr(8 * page, page));
}

TEST_F(Play, on_a_framebuffer_of_another_size_is_refused)
{
    {
        const framebuffer screen({.geometry = "64x64", .pages = "2"});
        command draw({"draw", screen.memory().name(), "card", "--animate"});
        ASSERT_EQ(memlane({"record", screen.memory().name(), base(), "--frames", "2"}).status, 0);
    }
    const framebuffer other({.geometry = "64x32", .pages = "2"});
    const command_result result = memlane({"play", base(), other.memory().name()});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("it is 64x32 xrgb8888, the recording 64x64 xrgb8888"));
}

TEST_F(Play, info_prefers_a_region_to_a_recording_of_its_name)
{
    record_frames(3);
    const guest::region region;
    const std::string link = "cd " + fs_.file("") +
                             " && for each in raw index json; do cp run.$each " + region.name() +
                             ".$each; done && " + guest::program() + " info ";
    EXPECT_EQ(guest::sh(link + region.name() + " | grep -q '^node '"), 0);
    EXPECT_EQ(guest::sh(link + "./" + region.name() + " | grep -q '^recording '"), 0);
    EXPECT_EQ(guest::sh(link + region.name() + ".json | grep -q '^recording '"), 0);
    EXPECT_EQ(guest::sh(link + "run | grep -q '^recording '"), 0);
}

TEST_F(Play, check_looks_at_a_recording_that_is_going_on_and_repair_does_not)
{
    const guest::region ring = make_ring();
    const background_producer producer(ring, {"--rate", "10"}); // or the disk is full soon
    command record({"record", ring.name(), base()});
    wait_until([&] { return content(base() + ".index").size() > 64; });
    const command_result check = memlane({"check", base(), "--json"});
    EXPECT_EQ(check.status, 0) << check.out;
    const json found = json::parse(check.out);
    EXPECT_EQ(found["findings"][0]["kind"], "in_progress");
    EXPECT_EQ(found["verified"], found["frames"]);
    EXPECT_GT(found["frames"], 0);
    const command_result repair = memlane({"check", base(), "--repair"});
    EXPECT_EQ(repair.status, 1);
    EXPECT_THAT(repair.err, HasSubstr("it is being recorded or repaired"));
    record.signal(SIGINT);
    record.wait();
    check_whole(base());
}

TEST_F(Play, what_a_killed_recorder_leaves_is_repaired)
{
    const guest::region ring = make_ring();
    const background_producer producer(ring, {"--rate", "100"});
    command record({"record", ring.name(), base(), "--sync-every", "4M"});
    wait_until([&] { return content(base() + ".index").size() > std::size_t{64 + 48 * 30}; });
    record.signal(SIGKILL);
    record.wait();
    const command_result before = memlane({"check", base()});
    EXPECT_EQ(before.status, 1);
    EXPECT_THAT(before.out, HasSubstr("it was cut off"));
    const command_result result = memlane({"check", base(), "--repair", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    const json found = check_whole(base());
    EXPECT_EQ(found["state"], "repaired");
    EXPECT_GE(found["frames"], 30);
    EXPECT_EQ(found["verified"], found["frames"]);
}

} // namespace
