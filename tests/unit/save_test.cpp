// SPDX-License-Identifier: GPL-2.0-or-later
// Saves that work, and those that do not even begin.
#include <unistd.h>

#include "save_fixture.hpp"

namespace {

using memlane::transfer_phase;
using memlane::transfer_progress;
using memlane::transfer_result;
using memlane::way_kind;
using testing::HasSubstr;

INSTANTIATE_TEST_SUITE_P(Ways, Save,
                         testing::Values(way_kind::direct, way_kind::bounce, way_kind::buffered),
                         way_name);

TEST_P(Save, writes_all_there_is)
{
    const transfer_result result = save();
    EXPECT_EQ(result.bytes, size);
    EXPECT_EQ(result.used, GetParam());
    EXPECT_GT(result.elapsed.count(), 0);
    expect_saved(0, size);
}

TEST_P(Save, writes_a_range)
{
    options_.offset_bytes = 1 << 20;
    options_.length_bytes = 2 << 20;
    options_.verify = true;
    save();
    expect_saved(1 << 20, 2 << 20);
}

TEST_P(Save, cuts_the_file_to_an_unaligned_length)
{
    for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{511}, std::uint64_t{4097},
                                       std::uint64_t{1000001}, size - 1}) {
        options_.length_bytes = length;
        options_.verify = true;
        save();
        expect_saved(0, length);
    }
}

TEST_P(Save, of_nothing_leaves_an_empty_file)
{
    options_.length_bytes = 0;
    EXPECT_EQ(save().bytes, 0);
    expect_saved(0, 0);
}

TEST_P(Save, replaces_a_longer_file)
{
    make_file(6 << 20, 'x');
    options_.length_bytes = 100000;
    save();
    expect_saved(0, 100000);
}

TEST_P(Save, with_a_file_offset_keeps_what_lies_around)
{
    make_file(100000, 'x');
    options_.file_offset_bytes = 8192;
    options_.length_bytes = 10001;
    options_.verify = true;
    save();

    const auto file = content(path_);
    ASSERT_EQ(file.size(), 100000);
    EXPECT_EQ(std::count(file.begin(), file.end(), 'x'),
              100000 - 10001 +
                  std::count(memory_.bytes().begin(), memory_.bytes().begin() + 10001, 'x'));
    EXPECT_TRUE(std::equal(file.begin() + 8192, file.begin() + 18193, memory_.bytes().begin()));
}

TEST_P(Save, with_a_file_offset_makes_a_short_file_longer)
{
    make_file(8000, 'x');
    options_.file_offset_bytes = 4096;
    options_.length_bytes = 5000;
    save();

    const auto file = content(path_);
    ASSERT_EQ(file.size(), 9096);
    EXPECT_EQ(file[4095], 'x');
    EXPECT_TRUE(std::equal(file.begin() + 4096, file.end(), memory_.bytes().begin()));
}

TEST_P(Save, reports_progress_up_to_the_whole)
{
    std::vector<transfer_progress> seen;
    options_.length_bytes = 1000001;
    options_.verify = true;
    options_.progress = [&](const transfer_progress& now) { seen.push_back(now); };
    save();
    ASSERT_FALSE(seen.empty());
    std::uint64_t last = 0;
    for (const auto& now : seen) {
        EXPECT_EQ(now.total_bytes, 1000001);
        EXPECT_GE(now.done_bytes, now.phase == seen.front().phase ? last : 0);
        last = now.done_bytes;
    }
    EXPECT_EQ(seen.back().phase, transfer_phase::verifying);
    EXPECT_EQ(seen.back().done_bytes, 1000001);
}

TEST_P(Save, needs_a_range_inside_the_memory_and_loses_nothing_else)
{
    make_file(1000, 'x');
    options_.offset_bytes = size - 4096;
    options_.length_bytes = 8192;
    EXPECT_EQ(refusal(), EINVAL);
    options_.offset_bytes = ~0ULL;
    options_.length_bytes = 2;
    EXPECT_EQ(refusal(), EINVAL);
    options_.offset_bytes = 0;
    options_.file_offset_bytes = INT64_MAX - 1;
    EXPECT_EQ(refusal(), EOVERFLOW);
    EXPECT_EQ(content(path_).size(), 1000);
}

TEST_P(Save, needs_io_sizes_within_the_limits)
{
    options_.io_bytes = 1000;
    EXPECT_EQ(refusal(), EINVAL);
    options_.io_bytes = (1U << 30) + 4096;
    EXPECT_EQ(refusal(), EINVAL);
    options_.io_bytes = 0;
    options_.depth = 65;
    EXPECT_EQ(refusal(), EINVAL);
    EXPECT_NE(::access(path_.c_str(), F_OK), 0) << "the file it made is still there";
}

using SaveWay = Save;

INSTANTIATE_TEST_SUITE_P(Direct, SaveWay, testing::Values(way_kind::direct), way_name);

TEST_P(SaveWay, direct_refuses_unaligned_offsets_and_loses_nothing)
{
    make_file(1000, 'x');
    options_.offset_bytes = 1;
    EXPECT_EQ(refusal(), EINVAL);
    options_.offset_bytes = 0;
    options_.file_offset_bytes = 100;
    EXPECT_EQ(refusal(), EINVAL);
    EXPECT_EQ(content(path_).size(), 1000);
}

TEST_P(SaveWay, auto_copies_to_aligned_buffers_for_unaligned_offsets_and_says_so)
{
    options_.requested = way_kind::automatic;
    EXPECT_EQ(save().used, way_kind::direct);

    options_.offset_bytes = 1;
    options_.verify = true;
    const transfer_result result = save();
    EXPECT_EQ(result.used, way_kind::bounce);
    EXPECT_THAT(result.reason, HasSubstr("the offset 1 is no multiple of"));
    expect_saved(1, size - 1);
}

TEST_P(SaveWay, kernel_is_only_for_regions)
{
    options_.requested = way_kind::kernel;
    EXPECT_EQ(refusal(), EINVAL);
}

TEST_P(SaveWay, every_depth_and_io_size_moves_the_same_bytes)
{
    for (const std::uint32_t depth : {1U, 3U, 64U}) {
        for (const std::uint32_t io_bytes : {4096U, 12288U, 1U << 20, 8U << 20}) {
            options_.depth = depth;
            options_.io_bytes = io_bytes;
            options_.length_bytes = 1 << 20;
            save();
            expect_saved(0, 1 << 20);
        }
    }
}

} // namespace
