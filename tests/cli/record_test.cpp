// SPDX-License-Identifier: GPL-2.0-or-later
// memlane record: to its end, to a signal, and to everything that can go wrong.
#include <fcntl.h>
#include <sys/stat.h>

#include <gmock/gmock.h>

#include "failure.hpp"
#include "recorded.hpp"

namespace {

using guest::background_producer;
using guest::check_whole;
using guest::command;
using guest::command_result;
using guest::counts_of;
using guest::memlane;
using guest::mib;
using guest::read_json;
using guest::wait_until;
using nlohmann::json;
using testing::HasSubstr;

class Record : public testing::Test {
protected:
    [[nodiscard]] std::string base() const { return fs_.file("run"); }

    /// Runs `memlane record` to its end. @return its JSON
    json record(const std::vector<std::string>& options, int status = 0)
    {
        std::vector<std::string> arguments = {"record", ring_.name(), base(), "--json"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const command_result result = memlane(arguments);
        EXPECT_EQ(result.status, status) << result.err;
        said_ = result.err;
        return json::parse(result.out, nullptr, false);
    }

    /// Expects the recording to be whole and to hold what record said.
    void expect_whole(const json& said)
    {
        const json found = check_whole(base());
        EXPECT_EQ(found["frames"], said["frames"]);
        EXPECT_EQ(found["verified"], said["frames"]) << "each has a stamp that was looked at";
        EXPECT_EQ(found["dropped"], said["dropped"]);
        const json file = read_json(base() + ".json");
        EXPECT_EQ(file["state"], "complete");
        EXPECT_EQ(file["totals"]["frames"], said["frames"]);
        const auto frames = said["frames"].get<std::uint64_t>();
        if (frames != 0) {
            EXPECT_EQ(said["last_sequence"].get<std::uint64_t>() -
                          said["first_sequence"].get<std::uint64_t>() + 1,
                      frames + said["dropped"].get<std::uint64_t>());
        }
    }

    /// Expects each delivered frame to be recorded, or to be said to be lost.
    void expect_all_accounted_for(const json& said)
    {
        const auto now = counts_of(ring_);
        EXPECT_EQ(now.held, 0U);
        EXPECT_EQ(now.delivered,
                  said["frames"].get<std::uint64_t>() + said["lost"].get<std::uint64_t>());
    }

    guest::scratch_fs fs_{200};
    guest::region ring_ = guest::make_ring();
    std::string said_;
};

TEST_F(Record, ends_after_as_many_frames_as_were_asked_for)
{
    const background_producer producer(ring_, {"--rate", "200"});
    const json said = record({"--frames", "100"});
    EXPECT_EQ(said["frames"], 100);
    EXPECT_EQ(said["bytes"], 100 * 256 * 1024);
    EXPECT_EQ(said["way"], "kernel");
    EXPECT_EQ(said["error"], nullptr);
    expect_whole(said);
    expect_all_accounted_for(said);
}

TEST_F(Record, ends_after_the_time_that_was_asked_for)
{
    const background_producer producer(ring_, {"--rate", "50"});
    const json said = record({"--seconds", "0.5"});
    EXPECT_GT(said["frames"], 10);
    EXPECT_LT(said["elapsed_ns"], 5'000'000'000);
    EXPECT_EQ(said["end"], "the time was over");
    expect_whole(said);
}

TEST_F(Record, stopped_by_a_signal_has_all_that_was_committed_before)
{
    const background_producer producer(ring_, {"--rate", "100", "--frames", "50"});
    command recorder({"record", ring_.name(), base(), "--json"});
    wait_until([&] {
        return counts_of(ring_).committed == 50 && ::access((base() + ".json").c_str(), F_OK) == 0;
    });
    recorder.signal(SIGINT);
    const command_result result = recorder.wait();
    EXPECT_EQ(result.status, 0) << result.err;
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(said["end"], "stopped");
    EXPECT_EQ(said["frames"].get<std::uint64_t>() + counts_of(ring_).dropped, 50U);
    EXPECT_EQ(counts_of(ring_).waiting, 0U);
    expect_whole(said);
}

TEST_F(Record, takes_the_newest_or_the_oldest_frames_as_it_is_told)
{
    ASSERT_EQ(memlane({"produce", ring_.name(), "--frames", "100"}).status, 0);
    // 63 of the first 100 wait, since the last slot is for the producer.
    json said = record({"--frames", "10"});
    EXPECT_EQ(said["first_sequence"], 0);
    const background_producer producer(ring_, {"--rate", "2000"});
    said = record({"--frames", "500", "--policy", "drop-oldest", "--replace"});
    expect_whole(said);
    EXPECT_EQ(guest::read_line("/sys/class/memlane/" + ring_.name() + "/policy"), "drop-newest")
        << "only as long as it records";
}

TEST_F(Record, writes_short_frames_and_empty_ones)
{
    ASSERT_EQ(memlane({"produce", ring_.name(), "--frames", "20", "--length", "5000"}).status, 0);
    json said = record({"--frames", "20"});
    EXPECT_EQ(said["bytes"], 20 * 5000);
    expect_whole(said);
    struct stat status = {};
    ASSERT_EQ(::stat((base() + ".raw").c_str(), &status), 0);
    EXPECT_EQ(status.st_size, 20 * 8192) << "each at a multiple of a block";
}

TEST_F(Record, begins_another_file_at_the_size_asked_for)
{
    const background_producer producer(ring_, {"--rate", "200"});
    const json said = record({"--frames", "50", "--rotate", "4M"});
    EXPECT_EQ(said["files"], 4);
    expect_whole(said);
    for (const char* suffix : {".raw", ".1.raw", ".2.raw", ".3.raw"}) {
        struct stat status = {};
        EXPECT_EQ(::stat((base() + suffix).c_str(), &status), 0) << suffix;
        EXPECT_LE(status.st_size, 4 << 20);
    }
}

TEST_F(Record, does_not_care_what_the_wall_clock_does)
{
    const background_producer producer(ring_, {"--rate", "200"});
    command recorder({"record", ring_.name(), base(), "--seconds", "1", "--json"});
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ASSERT_EQ(guest::sh("date -s '1999-12-31 23:59:59' > /dev/null"), 0);
    const command_result result = recorder.wait();
    EXPECT_EQ(result.status, 0) << result.err;
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_GT(said["elapsed_ns"], 900'000'000);
    EXPECT_LT(said["elapsed_ns"], 10'000'000'000);
    expect_whole(said);
}

TEST_F(Record, through_the_page_cache_where_there_is_no_direct_io)
{
    const background_producer producer(ring_, {"--rate", "200"});
    ASSERT_EQ(guest::sh("mkdir -p /tmp/cached && mount -t tmpfs tmpfs /tmp/cached"), 0);
    const command_result result =
        memlane({"record", ring_.name(), "/tmp/cached/run", "--frames", "20", "--json"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(json::parse(result.out, nullptr, false)["way"], "buffered");
    EXPECT_EQ(check_whole("/tmp/cached/run")["verified"], 20);
    EXPECT_EQ(guest::sh("umount /tmp/cached"), 0);
}

// What does not begin

TEST_F(Record, leaves_a_recording_alone_that_is_there)
{
    ASSERT_EQ(memlane({"produce", ring_.name(), "--frames", "20"}).status, 0);
    record({"--frames", "5"});
    expect_failure({"record", ring_.name(), base()}, {"EEXIST", "run"});
    EXPECT_EQ(check_whole(base())["frames"], 5);
    EXPECT_EQ(counts_of(ring_).delivered, 5U) << "no frame was taken for nothing";
    record({"--frames", "6", "--replace"});
    EXPECT_EQ(check_whole(base())["frames"], 6);
}

TEST_F(Record, is_for_one_at_a_time)
{
    command first({"record", ring_.name(), base()});
    wait_until([&] { return ::access((base() + ".json").c_str(), F_OK) == 0; });
    expect_failure({"record", ring_.name(), fs_.file("other")}, {"EBUSY", "another program"});
    EXPECT_NE(::access(fs_.file("other.index").c_str(), F_OK), 0) << "nothing is left";
    const guest::region second = guest::make_ring("1M", "64K");
    expect_failure({"record", second.name(), base(), "--replace"}, {"EBUSY", "being written"});
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait().status, 0);
}

TEST_F(Record, says_what_it_cannot_record)
{
    const guest::region plain;
    expect_failure({"record", plain.name(), base()}, {"EOPNOTSUPP", "--slot-size"});
    expect_failure({"record", "none-such", base()}, {"ENOENT", "none-such"});
    expect_failure({"record", ring_.name(), "/no/such/place"}, {"ENOENT", "/no/such/place"});
    expect_failure({"record", ring_.name(), base(), "--rotate", "4K"}, {"EINVAL", "slot"});
    EXPECT_EQ(memlane({"record", ring_.name(), base(), "--policy", "none"}).status, 2);
    EXPECT_EQ(memlane({"record", ring_.name(), base(), "--seconds", "-1"}).status, 2);
    EXPECT_EQ(memlane({"record", ring_.name()}).status, 2);
    EXPECT_NE(::access((base() + ".index").c_str(), F_OK), 0);
}

// What ends early

TEST_F(Record, on_a_disk_that_fills_up_keeps_all_that_fits)
{
    const guest::scratch_fs small(40);
    const std::string base = small.file("run");
    const background_producer producer(ring_, {"--rate", "400"});
    const command_result result = memlane({"record", ring_.name(), base, "--json"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("No space left on device (ENOSPC)"));
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(said["error"]["name"], "ENOSPC");
    EXPECT_GT(said["bytes"], 16 * mib);
    const json found = check_whole(base);
    EXPECT_EQ(found["frames"], said["frames"]);
    EXPECT_EQ(found["verified"], said["frames"]);
    expect_all_accounted_for(said);
}

TEST_F(Record, on_a_disk_that_fills_up_between_two_files_keeps_all_that_fits)
{
    const guest::scratch_fs small(40);
    const std::string base = small.file("run");
    const background_producer producer(ring_, {"--rate", "400"});
    const command_result result =
        memlane({"record", ring_.name(), base, "--rotate", "4M", "--json"});
    EXPECT_EQ(result.status, 1);
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(said["error"]["name"], "ENOSPC");
    EXPECT_GT(said["files"], 3);
    EXPECT_EQ(check_whole(base)["verified"], said["frames"]);
    expect_all_accounted_for(said);
}

TEST_F(Record, at_a_bad_block_keeps_what_is_in_front_of_it)
{
    // ext4 without a journal puts its own things in front; this is in the data.
    const guest::scratch_fs bad({.size_mib = 100, .bad_sectors = "120000-120007"}, "^has_journal");
    const std::string base = bad.file("run");
    const background_producer producer(ring_, {"--rate", "400"});
    const command_result result =
        memlane({"record", ring_.name(), base, "--frames", "350", "--json"});
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(result.status, 1) << result.out;
    EXPECT_EQ(said["error"]["name"], "EIO");
    EXPECT_EQ(check_whole(base)["verified"], said["frames"]);
    expect_all_accounted_for(said);
}

TEST_F(Record, killed_can_be_repaired_up_to_the_last_sync_point)
{
    const background_producer producer(ring_, {"--rate", "200"});
    command recorder({"record", ring_.name(), base(), "--sync-every", "4M"});
    wait_until([&] { return counts_of(ring_).delivered > 150; });
    recorder.signal(SIGKILL);
    EXPECT_EQ(recorder.wait().status, 128 + SIGKILL);
    wait_until([&] { return counts_of(ring_).held == 0; }); // what it had in hand came back

    const command_result broken = memlane({"check", base(), "--json"});
    EXPECT_EQ(broken.status, 1) << broken.out;
    const command_result repaired = memlane({"check", base(), "--repair", "--json"});
    EXPECT_EQ(repaired.status, 0) << repaired.out << repaired.err;
    const json found = check_whole(base());
    // 4 MiB are 16 frames; what was in flight then is no more than the ring.
    EXPECT_GT(found["frames"], 150 - 16 - 64);
    EXPECT_EQ(found["verified"], found["frames"]);
    EXPECT_EQ(read_json(base() + ".json")["state"], "repaired");
}

} // namespace
