// SPDX-License-Identifier: GPL-2.0-or-later
// Signals, and what a command was started to ignore.
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"
#include "recording_files.hpp"

namespace {

using guest::command;
using guest::command_result;

const std::vector<std::string> drawing = {"draw",  "memfd:64K", "noise", "--geometry",
                                          "64x64", "--animate", "--fps", "100"};

/// Waits until it catches signals, as /proc tells.
void wait_until_ready(const command& program)
{
    const std::string look =
        "grep -q '^SigCgt:.*[0-9a-f]*[1-9a-f]' /proc/" + std::to_string(program.pid()) + "/status";
    for (int i = 0; i < 500 && guest::sh(look) != 0; ++i) {
        ::usleep(10'000);
    }
    ::usleep(100'000);
}

class Ignored : public testing::TestWithParam<int> {};

TEST_P(Ignored, at_the_start_is_ignored_to_the_end)
{
    command program(drawing, {.ignored = {GetParam()}});
    wait_until_ready(program);
    program.signal(GetParam());
    ::usleep(300'000);
    EXPECT_EQ(::kill(program.pid(), 0), 0);
    EXPECT_EQ(
        guest::sh("grep -q 'State:.*[RS] ' /proc/" + std::to_string(program.pid()) + "/status"), 0)
        << "it has ended";
    program.signal(GetParam() == SIGTERM ? SIGINT : SIGTERM);
    EXPECT_EQ(program.wait().status, 0);
}

INSTANTIATE_TEST_SUITE_P(Signals, Ignored, testing::Values(SIGHUP, SIGINT, SIGTERM),
                         [](const auto& each) { return std::string(sigabbrev_np(each.param)); });

class Ended : public testing::TestWithParam<int> {};

TEST_P(Ended, by_who_started_it_is_no_failure)
{
    command program(drawing);
    wait_until_ready(program);
    program.signal(GetParam());
    const command_result result = program.wait();
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_THAT(result.out, testing::HasSubstr(" frames in "));
}

INSTANTIATE_TEST_SUITE_P(Signals, Ended, testing::Values(SIGINT, SIGTERM),
                         [](const auto& each) { return std::string(sigabbrev_np(each.param)); });

TEST(Hangup, is_a_failure_of_what_goes_on_for_ever)
{
    command program(drawing);
    wait_until_ready(program);
    program.signal(SIGHUP);
    EXPECT_EQ(program.wait().status, 128 + SIGHUP);
}

TEST(Interrupt, before_the_end_that_was_asked_for_is_a_failure)
{
    std::vector<std::string> long_one = drawing;
    long_one.insert(long_one.end(), {"--seconds", "100"});
    command program(long_one);
    wait_until_ready(program);
    program.signal(SIGINT);
    EXPECT_EQ(program.wait().status, 128 + SIGINT);
}

} // namespace
