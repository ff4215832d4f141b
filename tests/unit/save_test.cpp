// SPDX-License-Identifier: GPL-2.0-or-later
// save() from anonymous memory to a real file of this machine.
#include "transfer.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memfd_memory.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/error.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::transfer_error;
using memlane::transfer_options;
using memlane::transfer_phase;
using memlane::transfer_progress;
using memlane::transfer_result;
using memlane::way;
using testing::HasSubstr;

constexpr std::uint64_t size = 4 << 20;
constexpr std::uint32_t seed = 7;

std::vector<unsigned char> content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/** A limit of this process's files, lifted at scope end. */
class file_size_limit final {
public:
    explicit file_size_limit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit = {bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;
    ~file_size_limit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    sighandler_t handler_;
    rlimit before_ = {};
};

class Save : public testing::TestWithParam<way> {
protected:
    void SetUp() override
    {
        options_.requested = GetParam();
        options_.io_bytes = 64 << 10;
        if (GetParam() == way::direct && !can_direct()) {
            GTEST_SKIP() << "this file system cannot do direct I/O";
        }
    }

    [[nodiscard]] bool can_direct() const
    {
        return memlane::direct_file(dir_.file("probe"), memlane::file_use::target).can_direct();
    }

    transfer_result save() { return memlane::detail::save(memory_.view(), path_, options_); }

    /** Saves what cannot all arrive. @return the error, whose message is checked */
    transfer_error save_and_fail()
    {
        try {
            save();
        } catch (const transfer_error& e) {
            EXPECT_THAT(e.what(), HasSubstr("save memfd:test -> " + path_));
            return e;
        }
        ADD_FAILURE() << "it was saved";
        return {0, "", 0, 0, ""};
    }

    /** @return the errno of a save that does not even begin. */
    int refusal()
    {
        try {
            save();
        } catch (const transfer_error&) {
            ADD_FAILURE() << "it began";
        } catch (const memlane::error& e) {
            return e.code().value();
        }
        return 0;
    }

    /** Expects the file to be @p length bytes of the memory from @p offset on. */
    void expect_saved(std::uint64_t offset, std::uint64_t length) const
    {
        const auto file = content(path_);
        ASSERT_EQ(file.size(), length);
        const auto bytes = memory_.bytes().subspan(offset, length);
        EXPECT_TRUE(std::equal(file.begin(), file.end(), bytes.begin()));
    }

    void make_file(std::size_t length, char fill) const
    {
        std::ofstream(path_, std::ios::binary) << std::string(length, fill);
    }

    guest::scratch_dir dir_;
    std::string path_ = dir_.file("out.raw");
    memfd_memory memory_{size, seed};
    transfer_options options_;
};

std::string way_name(const testing::TestParamInfo<way>& each)
{
    return std::string(to_string(each.param));
}

INSTANTIATE_TEST_SUITE_P(Ways, Save, testing::Values(way::direct, way::buffered), way_name);

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

TEST_P(Save, counts_exactly_up_to_a_limit)
{
    constexpr std::uint64_t limit = (1 << 20) + 4096;
    const auto failure = [&] {
        const file_size_limit scope(limit);
        return save_and_fail();
    }();
    EXPECT_EQ(failure.code().value(), EFBIG);
    EXPECT_EQ(failure.done_bytes(), limit);
    EXPECT_EQ(failure.total_bytes(), size);
    EXPECT_THAT(failure.what(),
                HasSubstr("after 1.00 MiB of 4.00 MiB; the file holds those 1.00 MiB"));
    expect_saved(0, limit);
}

TEST_P(Save, removes_a_new_file_with_nothing_valid_in_it)
{
    const auto failure = [&] {
        const file_size_limit scope(0);
        return save_and_fail();
    }();
    EXPECT_EQ(failure.done_bytes(), 0);
    EXPECT_THAT(failure.what(), HasSubstr("the new file was removed"));
    EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

TEST_P(Save, says_when_an_old_file_is_empty_now)
{
    make_file(5000, 'x');
    const auto failure = [&] {
        const file_size_limit scope(0);
        return save_and_fail();
    }();
    EXPECT_THAT(failure.what(), HasSubstr("the file is empty now"));
    expect_saved(0, 0);
}

TEST_P(Save, stopped_half_way_leaves_what_is_valid)
{
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.depth = 2;
    options_.progress = [&](const transfer_progress& now) { stop = now.done_bytes >= 1 << 20; };
    const transfer_error failure = save_and_fail();
    EXPECT_EQ(failure.code().value(), EINTR);
    EXPECT_GE(failure.done_bytes(), 1 << 20);
    EXPECT_LT(failure.done_bytes(), size);
    expect_saved(0, failure.done_bytes());
}

TEST_P(Save, stopped_in_place_keeps_the_rest_of_the_file)
{
    make_file(size + 5000, 'x');
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.file_offset_bytes = 0;
    options_.progress = [&](const transfer_progress& now) { stop = now.done_bytes >= 1 << 20; };
    const transfer_error failure = save_and_fail();
    const auto file = content(path_);
    ASSERT_EQ(file.size(), size + 5000);
    EXPECT_EQ(file.back(), 'x');
    EXPECT_TRUE(std::equal(file.begin(), file.begin() + static_cast<long>(failure.done_bytes()),
                           memory_.bytes().begin()));
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

INSTANTIATE_TEST_SUITE_P(Direct, SaveWay, testing::Values(way::direct), way_name);

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

TEST_P(SaveWay, auto_goes_through_the_page_cache_for_unaligned_offsets_and_says_so)
{
    options_.requested = way::automatic;
    EXPECT_EQ(save().used, way::direct);

    options_.offset_bytes = 1;
    options_.verify = true;
    const transfer_result result = save();
    EXPECT_EQ(result.used, way::buffered);
    EXPECT_THAT(result.reason, HasSubstr("the offset 1 is no multiple of"));
    expect_saved(1, size - 1);
}

TEST_P(SaveWay, kernel_is_only_for_regions)
{
    options_.requested = way::kernel;
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
