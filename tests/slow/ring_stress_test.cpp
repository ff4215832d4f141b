// SPDX-License-Identifier: GPL-2.0-or-later
/// Ten million commits, and not one frame unaccounted for.
#include "ring_stress.hpp"

#include <gtest/gtest.h>

namespace {

TEST(RingStress, ten_million_frames_are_accounted_for)
{
    constexpr std::uint64_t million = 1'000'000;
    guest::expect_no_frame_lost({.frames = 4 * million});
    guest::expect_no_frame_lost({.frames = 4 * million, .policy = "drop-oldest", .seed = 2});
    guest::expect_no_frame_lost({.frames = million, .slots = 5, .seed = 3});
    guest::expect_no_frame_lost({.frames = million, .slots = 256, .seed = 4});
}

} // namespace
