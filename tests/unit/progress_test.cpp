// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using memlane::transfer_phase;
using memlane::tool::format_progress;
using memlane::tool::format_time;
using std::chrono::duration;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t gib = 1ULL << 30;

TEST(Progress, shows_share_bytes_rate_and_time_left)
{
    const std::string line =
        format_progress({transfer_phase::moving, gib, 4 * gib}, duration<double>(2.0), 100);
    EXPECT_EQ(line.substr(line.find(']')),
              "]   25%  1.00 GiB of 4.00 GiB  512.00 MiB/s  0:06 left");
    EXPECT_EQ(line.find_first_not_of("[#"), 1 + 10) << line;
}

TEST(Progress, before_the_first_byte_promises_nothing)
{
    const std::string line =
        format_progress({transfer_phase::moving, 0, gib}, duration<double>(1.0), 100);
    EXPECT_THAT(line, HasSubstr("0%  0 B of 1.00 GiB"));
    EXPECT_THAT(line, Not(HasSubstr("left")));
}

TEST(Progress, says_when_it_verifies)
{
    EXPECT_THAT(format_progress({transfer_phase::verifying, gib, gib}, duration<double>(1.0), 100),
                HasSubstr("100%  verifying"));
}

TEST(Progress, an_empty_transfer_is_complete)
{
    EXPECT_THAT(format_progress({transfer_phase::moving, 0, 0}, duration<double>(0.0), 80),
                HasSubstr("100%"));
}

TEST(Progress, fits_any_terminal)
{
    for (std::size_t columns = 1; columns < 200; ++columns) {
        const std::string line = format_progress({transfer_phase::moving, 3 * gib, 4 * gib},
                                                 duration<double>(7.0), columns);
        EXPECT_LT(line.size(), columns);
    }
}

TEST(Time, is_rounded_up_to_seconds)
{
    EXPECT_EQ(format_time(duration<double>(0.0)), "0:00");
    EXPECT_EQ(format_time(duration<double>(4.2)), "0:05");
    EXPECT_EQ(format_time(duration<double>(754)), "12:34");
    EXPECT_EQ(format_time(duration<double>(3723)), "1:02:03");
}

} // namespace
