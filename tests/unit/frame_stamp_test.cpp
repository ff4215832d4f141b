// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/frame_stamp.hpp"

#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using memlane::check_stamp;
using memlane::frame_stamp_bytes;
using memlane::stamp_frame;
using memlane::stamp_verdict;

std::vector<std::byte> stamped(std::size_t length, std::uint64_t sequence)
{
    std::vector<std::byte> frame(length);
    for (std::size_t i = 0; i < length; ++i) {
        frame[i] = static_cast<std::byte>(i * 7);
    }
    stamp_frame(frame, sequence);
    return frame;
}

std::string hex(std::span<const std::byte> bytes)
{
    std::string text;
    for (const std::byte each : bytes) {
        text += fmt::format("{:02x}", std::to_integer<unsigned>(each));
    }
    return text;
}

// XXH3 of nothing as xxhsum -H3 tells it, 2d06800538d394c2; the CRC-32C of the
// 28 bytes by the definition, bit by bit.
TEST(FrameStamp, has_the_bytes_that_the_header_describes)
{
    EXPECT_EQ(hex(stamped(frame_stamp_bytes, 0x0102030405060708)), "4d4c4652414d4531"
                                                                   "0807060504030201"
                                                                   "c294d3380580062d"
                                                                   "20000000"
                                                                   "5b80484b");
}

TEST(FrameStamp, is_good_for_the_frame_it_was_made_for)
{
    for (const std::size_t length : {32U, 33U, 64U, 4096U, 100'001U}) {
        const auto frame = stamped(length, length);
        EXPECT_EQ(check_stamp(frame, length), stamp_verdict::good) << length;
    }
}

TEST(FrameStamp, needs_no_alignment)
{
    std::vector<std::byte> room(101);
    const auto frame = std::span(room).subspan(1);
    stamp_frame(frame, 5);
    EXPECT_EQ(check_stamp(frame, 5), stamp_verdict::good);
}

TEST(FrameStamp, a_frame_without_one_misses_it)
{
    EXPECT_EQ(check_stamp(std::vector<std::byte>(4096), 0), stamp_verdict::missing);
    EXPECT_EQ(check_stamp(std::vector<std::byte>(frame_stamp_bytes - 1), 0),
              stamp_verdict::missing);
    EXPECT_EQ(check_stamp({}, 0), stamp_verdict::missing);
}

TEST(FrameStamp, tells_whether_stamp_or_content_is_damaged)
{
    const auto good = stamped(100, 9);
    for (std::size_t place = 0; place < good.size(); ++place) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto frame = good;
            frame[place] ^= std::byte{1} << bit;
            const auto expected =
                place < frame_stamp_bytes ? stamp_verdict::missing : stamp_verdict::damaged;
            EXPECT_EQ(check_stamp(frame, 9), expected) << "bit " << bit << " of byte " << place;
        }
    }
}

TEST(FrameStamp, that_of_another_frame_is_not_this_ones)
{
    const auto frame = stamped(100, 9);
    EXPECT_EQ(check_stamp(frame, 10), stamp_verdict::other);
    EXPECT_EQ(check_stamp(std::span(frame).first(99), 9), stamp_verdict::other);
}

TEST(FrameStamp, leaves_the_content_alone)
{
    const auto frame = stamped(100, 9);
    for (std::size_t i = frame_stamp_bytes; i < frame.size(); ++i) {
        EXPECT_EQ(frame[i], static_cast<std::byte>(i * 7));
    }
}

} // namespace
