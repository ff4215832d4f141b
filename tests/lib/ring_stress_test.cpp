// SPDX-License-Identifier: GPL-2.0-or-later
/// No wake-up is lost, whichever way to wait; tests/slow has more of it.
#include "ring_stress.hpp"

#include <gtest/gtest.h>

namespace {

TEST(RingStress, every_frame_is_accounted_for_when_the_newest_are_dropped)
{
    guest::expect_no_frame_lost({.frames = 150'000});
}

TEST(RingStress, every_frame_is_accounted_for_when_the_oldest_are_dropped)
{
    guest::expect_no_frame_lost({.frames = 150'000, .policy = "drop-oldest", .seed = 2});
}

} // namespace
