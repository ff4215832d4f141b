// SPDX-License-Identifier: GPL-2.0-or-later
#include "schedule.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using memlane::tool::parse_rate;
using memlane::tool::schedule;
using testing::HasSubstr;

const std::atomic<bool> go_on = false;

TEST(Rate, is_of_frames_or_of_bytes)
{
    EXPECT_DOUBLE_EQ(parse_rate("25").per_second, 25);
    EXPECT_FALSE(parse_rate("25").of_bytes);
    EXPECT_DOUBLE_EQ(parse_rate("29.97").per_second, 29.97);
    EXPECT_DOUBLE_EQ(parse_rate("0.001").per_second, 0.001);
    EXPECT_DOUBLE_EQ(parse_rate("100M/s").per_second, 104'857'600);
    EXPECT_TRUE(parse_rate("100M/s").of_bytes);
    EXPECT_DOUBLE_EQ(parse_rate("0").per_second, 0);
    EXPECT_DOUBLE_EQ(parse_rate("0/s").per_second, 0);
}

TEST(Rate, of_bytes_depends_on_the_frame)
{
    EXPECT_DOUBLE_EQ(parse_rate("8M/s").frames_per_second(1U << 20U), 8);
    EXPECT_DOUBLE_EQ(parse_rate("8").frames_per_second(1U << 20U), 8);
}

TEST(Rate, that_is_none_is_quoted)
{
    for (const std::string text : {"", "fast", "25fps", "-1", "nan", "inf", "1e400", "100M", "0x10",
                                   "0.0001", "1000000001", "/s", "-1/s", "1.5M/s", "25 ", " 25"}) {
        try {
            static_cast<void>(parse_rate(text));
            ADD_FAILURE() << text;
        } catch (const std::invalid_argument& e) {
            EXPECT_THAT(e.what(), HasSubstr("'" + text.substr(0, text.find("/s")))) << text;
        }
    }
}

TEST(Schedule, adds_up_no_error)
{
    const schedule plan(29.97);
    const std::uint64_t one_year = 945'129'000; // of frames, 31'535'835.8...s
    EXPECT_NEAR(plan.due(one_year).count(), 945'129'000 / 29.97, 1e-6);
    for (std::uint64_t number = 0; number < 1'000; ++number) {
        EXPECT_NEAR(plan.due(number).count() * 29.97, static_cast<double>(number), 1e-9);
    }
}

TEST(Schedule, without_a_rate_waits_for_nothing)
{
    const schedule plan(0);
    plan.wait_for(1'000'000'000, go_on);
    EXPECT_LT(plan.elapsed().count(), 1);
    EXPECT_EQ(plan.current(), 0U);
}

TEST(Schedule, waits_until_a_frame_is_due_and_no_longer)
{
    const schedule plan(100);
    plan.wait_for(5, go_on);
    EXPECT_GE(plan.elapsed(), 50ms);
    EXPECT_LT(plan.elapsed(), 1s);
    EXPECT_GE(plan.current(), 5U);
    plan.wait_for(1, go_on); // long over
    EXPECT_LT(plan.elapsed(), 1s);
}

TEST(Schedule, ends_where_it_is_to_end)
{
    const schedule plan(0.001);
    plan.wait_for(1, go_on, 20ms);
    EXPECT_GE(plan.elapsed(), 20ms);
    EXPECT_LT(plan.elapsed(), 10s);
}

TEST(Schedule, does_not_wait_once_it_is_stopped)
{
    const std::atomic<bool> stop = true;
    const schedule plan(0.001);
    plan.wait_for(1, stop);
    EXPECT_LT(plan.elapsed(), 10s);
}

} // namespace
