// SPDX-License-Identifier: GPL-2.0-or-later
/// What `make check-cost` lets through.
#include "gate.hpp"

#include <gtest/gtest.h>

namespace {

using bench::compare;
using nlohmann::json;

json baseline(const json& ways)
{
    return {{"kernel", "6.1.0-1-amd64"}, {"instructions_per_MiB", ways}};
}

TEST(Gate, a_baseline_has_our_ways_and_not_those_of_others)
{
    const json measured = {{"rows",
                            {{{"way", "save"},
                              {"ours", true},
                              {"sink", "null_blk"},
                              {"io_bytes", 1 << 20},
                              {"instructions_per_MiB", 28810.6}},
                             {{"way", "load"},
                              {"ours", true},
                              {"sink", "null_blk"},
                              {"io_bytes", 4096},
                              {"instructions_per_MiB", 984118}},
                             {{"way", "huge_write"},
                              {"ours", false},
                              {"sink", "null_blk"},
                              {"io_bytes", 1 << 20},
                              {"instructions_per_MiB", 70000.0}}}}};
    EXPECT_EQ(bench::make_baseline(measured, "6.1.0-1-amd64"),
              baseline({{"load/null_blk/4KiB", 984118}, {"save/null_blk/1MiB", 28811}}));
}

TEST(Gate, growth_up_to_3_percent_passes)
{
    const auto changes = compare(baseline({{"load", 1000}, {"save", 1000}}),
                                 baseline({{"load", 500}, {"save", 1030}}));
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_FALSE(changes[0].fails());
    EXPECT_DOUBLE_EQ(changes[0].growth(), -0.5);
    EXPECT_FALSE(changes[1].fails());
}

TEST(Gate, more_than_that_fails)
{
    const auto changes = compare(baseline({{"save", 1000}}), baseline({{"save", 1031}}));
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_TRUE(changes[0].fails());
}

TEST(Gate, a_way_that_is_missing_on_either_side_fails)
{
    const auto changes = compare(baseline({{"gone", 1000}}), baseline({{"new", 1000}}));
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].way, "gone");
    EXPECT_TRUE(changes[0].fails());
    EXPECT_EQ(changes[1].way, "new");
    EXPECT_TRUE(changes[1].fails());
}

TEST(Gate, what_is_no_baseline_is_an_exception)
{
    EXPECT_THROW(compare(json::object(), baseline({})), json::exception);
    EXPECT_THROW(bench::make_baseline({{"context", 1}}, ""), json::exception);
}

} // namespace
