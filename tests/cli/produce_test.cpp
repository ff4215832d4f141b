// SPDX-License-Identifier: GPL-2.0-or-later
// memlane produce: what it commits, how fast, and what it refuses.
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "failure.hpp"
#include "memlane/frame_stamp.hpp"
#include "ring_end.hpp"

namespace {

using guest::command;
using guest::command_result;
using guest::mapping;
using guest::memlane;
using guest::page;
using guest::region;
using guest::ring_end;
using guest::ring_of;
using guest::status_of;
using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

json output_of(const std::vector<std::string>& arguments)
{
    const command_result result = memlane(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out, nullptr, false);
}

class Produce : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(ring_.error(), 0); }

    /// @return the bytes of the frame that @p consumer took last.
    [[nodiscard]] static std::span<const std::byte> content(const ring_end& consumer,
                                                            const mapping& memory)
    {
        return std::as_bytes(memory.bytes())
            .subspan(consumer.frame().slot * page, consumer.frame().length);
    }

    region ring_{ring_of()};
    ring_end consumer_{ring_, O_RDWR | O_NONBLOCK};
};

TEST_F(Produce, commits_frames_whose_stamps_are_good)
{
    for (const char* pattern : {"counter", "noise", "zero"}) {
        const json made = output_of({"produce", ring_.name(), "--frames", "3", "--pattern", pattern,
                                     "--length", "1000", "--json"});
        EXPECT_EQ(made["frames"], 3);
        EXPECT_EQ(made["dropped"], 0);
        EXPECT_EQ(made["stamped"], true);
        EXPECT_EQ(made["length"], 1000);
        const mapping memory(consumer_.fd(), 4 * page, PROT_READ);
        for (std::uint64_t i = 0; i < 3; ++i) {
            ASSERT_EQ(consumer_.next(), 0);
            const std::uint64_t sequence = consumer_.frame().sequence;
            EXPECT_EQ(sequence, made["first_sequence"].get<std::uint64_t>() + i);
            EXPECT_EQ(consumer_.frame().flags, MEMLANE_FRAME_STAMPED);
            EXPECT_EQ(consumer_.frame().length, 1000U);
            EXPECT_EQ(::memlane::check_stamp(content(consumer_, memory), sequence),
                      ::memlane::stamp_verdict::good)
                << pattern;
            ASSERT_EQ(consumer_.release(consumer_.frame().slot), 0);
        }
        EXPECT_EQ(consumer_.next(), EAGAIN);
    }
}

TEST_F(Produce, without_a_stamp_fills_each_slot_once)
{
    const json made = output_of({"produce", ring_.name(), "--frames", "3", "--no-stamp", "--json"});
    EXPECT_EQ(made["stamped"], false);
    const mapping memory(consumer_.fd(), 4 * page, PROT_READ);
    for (std::uint32_t i = 0; i < 3; ++i) {
        ASSERT_EQ(consumer_.next(), 0);
        EXPECT_EQ(consumer_.frame().flags, 0U);
        EXPECT_EQ(consumer_.frame().length, page);
        const auto frame = content(consumer_, memory);
        EXPECT_EQ(::memlane::check_stamp(frame, i), ::memlane::stamp_verdict::missing);
        EXPECT_EQ(frame[8], std::byte{8}) << "a word tells its place";
        EXPECT_EQ(frame[12], static_cast<std::byte>(i)) << "and its frame";
    }
}

TEST_F(Produce, tells_what_was_dropped)
{
    const json made = output_of({"produce", ring_.name(), "--frames", "10", "--json"});
    EXPECT_EQ(made["frames"], 10);
    EXPECT_EQ(made["dropped"], 7);
    const command_result again = memlane({"produce", ring_.name(), "--frames", "10"});
    EXPECT_EQ(again.status, 0);
    EXPECT_THAT(again.out, HasSubstr(": counter, 4.00 KiB each: 10 frames in "));
    EXPECT_THAT(again.out, HasSubstr(" 10 dropped"));
    EXPECT_EQ(status_of(consumer_.fd()).dropped, 17U);
}

TEST_F(Produce, keeps_the_average_rate)
{
    const auto expect_rate = [&](const std::string& rate, double frames_per_second) {
        const json made =
            output_of({"produce", ring_.name(), "--rate", rate, "--seconds", "2", "--json"});
        EXPECT_NEAR(made["frames"].get<double>(), 2 * frames_per_second, 0.02 * frames_per_second);
        EXPECT_NEAR(made["frames_per_second"].get<double>(), frames_per_second,
                    0.02 * frames_per_second);
        EXPECT_NEAR(made["elapsed_ns"].get<double>(), 2e9, 0.04e9);
    };
    expect_rate("200", 200);
    expect_rate("1M/s", 256); // of 4 KiB
    const json few =
        output_of({"produce", ring_.name(), "--rate", "100", "--frames", "50", "--json"});
    EXPECT_EQ(few["frames"], 50);
    EXPECT_NEAR(few["frames_per_second"].get<double>(), 100, 2);
}

TEST_F(Produce, at_no_rate_is_as_fast_as_can_be)
{
    const json made = output_of(
        {"produce", ring_.name(), "--rate", "0", "--seconds", "0.5", "--no-stamp", "--json"});
    EXPECT_GT(made["frames"].get<int>(), 1000);
}

TEST_F(Produce, ends_in_good_order_when_it_is_interrupted)
{
    command producing({"produce", ring_.name(), "--rate", "100", "--json"});
    for (int i = 0; i < 1000 && status_of(consumer_.fd()).committed < 5; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    producing.signal(SIGINT);
    const command_result result = producing.wait();
    EXPECT_EQ(result.status, 0);
    const json made = json::parse(result.out, nullptr, false);
    ASSERT_TRUE(made.is_object()) << result.out;
    const memlane_ring_status end = status_of(consumer_.fd());
    EXPECT_GE(end.committed, 5U);
    EXPECT_EQ(made["frames"], end.committed);
    EXPECT_EQ(end.filling, 0U) << "its slots are free again";
    EXPECT_EQ(result.err, "");
}

TEST_F(Produce, interrupted_in_a_long_pause_does_not_wait_for_its_end)
{
    command producing({"produce", ring_.name(), "--rate", "0.01"});
    while (status_of(consumer_.fd()).committed < 1) {
        std::this_thread::sleep_for(10ms);
    }
    producing.signal(SIGTERM);
    EXPECT_EQ(producing.wait().status, 0);
}

TEST_F(Produce, of_a_number_of_frames_that_is_interrupted_has_failed)
{
    command producing({"produce", ring_.name(), "--rate", "100", "--frames", "100000"});
    while (status_of(consumer_.fd()).committed < 1) {
        std::this_thread::sleep_for(10ms);
    }
    producing.signal(SIGINT);
    const command_result result = producing.wait();
    EXPECT_EQ(result.status, 128 + SIGINT);
    EXPECT_THAT(result.err, HasSubstr("(EINTR): "));
}

TEST_F(Produce, wants_a_ring_for_itself)
{
    ring_end other(ring_);
    ASSERT_EQ(other.acquire(), 0);
    expect_failure({"produce", ring_.name()},
                   {"memlane:" + ring_.name(), "(EBUSY): another producer has it"});
}

TEST_F(Produce, refuses_lengths_that_cannot_be)
{
    expect_failure({"produce", ring_.name(), "--length", "4097"},
                   {"(EINVAL): --length 4097 is more than a slot's 4096 bytes"});
    expect_failure({"produce", ring_.name(), "--length", "8G"}, {"(EINVAL): --length 8589934592"});
    expect_failure({"produce", ring_.name(), "--length", "31"},
                   {"(EINVAL): --length 31 is less than the 32 bytes of a stamp", "--no-stamp"});
    const json made = output_of(
        {"produce", ring_.name(), "--length", "0", "--no-stamp", "--frames", "1", "--json"});
    EXPECT_EQ(made["length"], 0);
    EXPECT_EQ(status_of(consumer_.fd()).committed, 1U) << "of those that were refused none came";
}

TEST_F(Produce, refuses_rates_that_cannot_be)
{
    for (const char* rate : {"fast", "100M"}) {
        const command_result result = memlane({"produce", ring_.name(), "--rate", rate});
        EXPECT_EQ(result.status, 2) << rate;
        EXPECT_THAT(result.err, HasSubstr("--rate: '")) << rate;
    }
    expect_failure({"produce", ring_.name(), "--rate", "1/s"}, {"(EINVAL): --rate makes 0.00024"});
    expect_failure({"produce", ring_.name(), "--rate", "1/s", "--length", "0", "--no-stamp"},
                   {"(EINVAL): --rate makes inf"});
    EXPECT_EQ(status_of(consumer_.fd()).committed, 0U);
}

TEST_F(Produce, refuses_options_that_contradict)
{
    EXPECT_EQ(memlane({"produce", ring_.name(), "--frames", "1", "--seconds", "1"}).status, 2);
}

TEST(ProduceIn, no_ring_says_what_is_missing)
{
    const region plain;
    expect_failure({"produce", plain.name()},
                   {"(EOPNOTSUPP): the region has no slots: create it with --slot-size"});
    expect_failure({"produce", "none-such"}, {"none-such", "(ENOENT)", plain.name()});
}

} // namespace
