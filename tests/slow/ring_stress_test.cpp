// SPDX-License-Identifier: GPL-2.0-or-later
/// Ten million commits, and not one frame unaccounted for.
#include "ring_stress.hpp"

#include <gtest/gtest.h>

namespace {

constexpr std::uint64_t million = 1'000'000;

TEST(RingStress, four_million_frames_are_accounted_for_when_the_newest_are_dropped)
{
    guest::expect_no_frame_lost({.frames = 4 * million});
}

TEST(RingStress, four_million_frames_are_accounted_for_when_the_oldest_are_dropped)
{
    guest::expect_no_frame_lost({.frames = 4 * million, .policy = "drop-oldest", .seed = 2});
}

TEST(RingStress, a_million_frames_are_accounted_for_in_few_slots)
{
    guest::expect_no_frame_lost({.frames = million, .slots = 5, .seed = 3});
}

TEST(RingStress, a_million_frames_are_accounted_for_in_many_slots)
{
    guest::expect_no_frame_lost({.frames = million, .slots = 256, .seed = 4});
}

} // namespace
