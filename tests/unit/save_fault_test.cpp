// SPDX-License-Identifier: GPL-2.0-or-later
// Saves that end half-way: no room, stopped, no io_uring.
#include <atomic>

#include <unistd.h>

#include "forbid_io_uring.hpp"
#include "limits.hpp"
#include "save_fixture.hpp"

namespace {

using memlane::transfer_error;
using memlane::transfer_progress;
using memlane::transfer_result;
using memlane::way_kind;
using testing::HasSubstr;

using guest::file_size_limit;

using SaveFault = Save;

INSTANTIATE_TEST_SUITE_P(Ways, SaveFault,
                         testing::Values(way_kind::direct, way_kind::bounce, way_kind::buffered),
                         way_name);

TEST_P(SaveFault, counts_exactly_up_to_a_limit)
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

TEST_P(SaveFault, removes_a_new_file_with_nothing_valid_in_it)
{
    const auto failure = [&] {
        const file_size_limit scope(0);
        return save_and_fail();
    }();
    EXPECT_EQ(failure.done_bytes(), 0);
    EXPECT_THAT(failure.what(), HasSubstr("the new file was removed"));
    EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

TEST_P(SaveFault, says_when_an_old_file_is_empty_now)
{
    make_file(5000, 'x');
    const auto failure = [&] {
        const file_size_limit scope(0);
        return save_and_fail();
    }();
    EXPECT_THAT(failure.what(), HasSubstr("the file is empty now"));
    expect_saved(0, 0);
}

TEST_P(SaveFault, stopped_half_way_leaves_what_is_valid)
{
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.depth = GetParam() == way_kind::bounce ? 1 : 2; // threads would run ahead
    options_.progress = [&](const transfer_progress& now) { stop = now.done_bytes >= 1 << 20; };
    const transfer_error failure = save_and_fail();
    EXPECT_EQ(failure.code().value(), EINTR);
    EXPECT_GE(failure.done_bytes(), 1 << 20);
    EXPECT_LT(failure.done_bytes(), size);
    expect_saved(0, failure.done_bytes());
}

TEST_P(SaveFault, stopped_in_place_keeps_the_rest_of_the_file)
{
    make_file(size + 5000, 'x');
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.depth = GetParam() == way_kind::bounce ? 1 : 4; // threads would run ahead
    options_.file_offset_bytes = 0;
    options_.progress = [&](const transfer_progress& now) { stop = now.done_bytes >= 1 << 20; };
    const transfer_error failure = save_and_fail();
    const auto file = content(path_);
    ASSERT_EQ(file.size(), size + 5000);
    EXPECT_EQ(file.back(), 'x');
    EXPECT_TRUE(std::equal(file.begin(), file.begin() + static_cast<long>(failure.done_bytes()),
                           memory_.bytes().begin()));
}

using SaveWithoutRing = Save;

INSTANTIATE_TEST_SUITE_P(Direct, SaveWithoutRing, testing::Values(way_kind::direct), way_name);

TEST_P(SaveWithoutRing, goes_on_with_threads_and_says_so)
{
    const int status = guest::in_child([&] {
        guest::forbid_io_uring();
        const transfer_result result = save();
        const bool said = result.reason.find("io_uring is refused") != std::string::npos &&
                          result.reason.find("EPERM") != std::string::npos;
        return result.used == way_kind::direct && said ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
    expect_saved(0, size);
}

} // namespace
