// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_content.hpp"

#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using memlane::tool::fill_frame;
using memlane::tool::frame_content;
using testing::Each;
using testing::ElementsAreArray;

std::vector<std::byte> filled(frame_content content, std::uint64_t sequence, std::size_t length)
{
    std::vector<std::byte> frame(length, std::byte{0xee});
    fill_frame(frame, content, sequence);
    return frame;
}

TEST(FrameContent, a_counter_tells_place_and_sequence)
{
    const auto frame = filled(frame_content::counter, 0xff01020304, 24);
    const std::vector<unsigned> expected = {0,  0, 0, 0, 4, 3, 2, 1, //
                                            8,  0, 0, 0, 4, 3, 2, 1, //
                                            16, 0, 0, 0, 4, 3, 2, 1};
    for (std::size_t i = 0; i < frame.size(); ++i) {
        EXPECT_EQ(std::to_integer<unsigned>(frame[i]), expected[i]) << i;
    }
}

TEST(FrameContent, fills_the_last_bytes_and_none_behind)
{
    for (const auto content : {frame_content::counter, frame_content::noise, frame_content::zero}) {
        for (std::size_t length = 0; length < 20; ++length) {
            std::vector<std::byte> room(32, std::byte{0xee});
            fill_frame(std::span(room).first(length), content, 7);
            const auto whole = filled(content, 7, 24);
            EXPECT_THAT(std::span(room).first(length),
                        ElementsAreArray(whole.begin(), whole.begin() + static_cast<int>(length)));
            EXPECT_THAT(std::span(room).subspan(length), Each(std::byte{0xee})) << length;
        }
    }
}

TEST(FrameContent, noise_repeats_for_its_sequence_and_for_no_other)
{
    std::set<std::vector<std::byte>> seen;
    for (std::uint64_t sequence = 0; sequence < 100; ++sequence) {
        const auto frame = filled(frame_content::noise, sequence, 64);
        EXPECT_EQ(frame, filled(frame_content::noise, sequence, 64));
        EXPECT_TRUE(seen.insert(frame).second);
    }
}

} // namespace
