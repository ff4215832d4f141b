// SPDX-License-Identifier: GPL-2.0-or-later
// load() from a real file of this machine to anonymous memory.
#include "memlane/transfer.hpp"

#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memfd_memory.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/error.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::transfer_options;
using memlane::transfer_result;
using memlane::way_kind;
using testing::HasSubstr;

constexpr std::uint64_t size = 4 << 20;
constexpr std::uint32_t file_seed = 1;
constexpr std::uint32_t memory_seed = 2;

class Load : public testing::TestWithParam<way_kind> {
protected:
    void SetUp() override
    {
        options_.requested = GetParam();
        options_.io_bytes = 64 << 10;
        make_file(size);
        if (GetParam() == way_kind::direct &&
            !memlane::direct_file(path_, memlane::file_use::source).can_direct()) {
            GTEST_SKIP() << "this file system cannot do direct I/O";
        }
    }

    void make_file(std::size_t length)
    {
        file_.resize(length);
        guest::fill(file_, file_seed);
        std::ofstream(path_, std::ios::binary)
            .write(reinterpret_cast<const char*>(file_.data()), static_cast<long>(length));
    }

    transfer_result load() { return memlane::load(path_, memory_, options_); }

    int refusal()
    {
        try {
            load();
        } catch (const memlane::transfer_error&) {
            ADD_FAILURE() << "it began";
        } catch (const memlane::error& e) {
            EXPECT_THAT(e.what(), HasSubstr("load " + path_ + " -> memfd:test"));
            return e.code().value();
        }
        return 0;
    }

    /** Expects the file's bytes in [offset, offset + length) and the old ones around. */
    void expect_loaded(std::uint64_t offset, std::uint64_t length, std::uint64_t file_offset = 0)
    {
        std::vector<unsigned char> expected(size);
        guest::fill(expected, memory_seed);
        std::copy_n(file_.begin() + static_cast<long>(file_offset), length,
                    expected.begin() + static_cast<long>(offset));
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_.bytes().begin()));
    }

    guest::scratch_dir dir_;
    std::string path_ = dir_.file("in.raw");
    std::vector<unsigned char> file_;
    memfd_memory memory_{size, memory_seed};
    transfer_options options_;
};

std::string way_name(const testing::TestParamInfo<way_kind>& each)
{
    return std::string(to_string(each.param));
}

INSTANTIATE_TEST_SUITE_P(Ways, Load,
                         testing::Values(way_kind::direct, way_kind::bounce, way_kind::buffered),
                         way_name);

TEST_P(Load, reads_the_whole_file)
{
    const transfer_result result = load();
    EXPECT_EQ(result.bytes, size);
    EXPECT_EQ(result.used, GetParam());
    expect_loaded(0, size);
}

TEST_P(Load, of_a_file_of_any_length_changes_no_byte_behind_it)
{
    for (const std::size_t length : {0UL, 1UL, 511UL, 4097UL, 1000001UL}) {
        guest::fill(memory_.bytes(), memory_seed);
        make_file(length);
        options_.verify = true;
        EXPECT_EQ(load().bytes, length);
        expect_loaded(0, length);
    }
}

TEST_P(Load, reads_a_range)
{
    options_.offset_bytes = 1 << 20;
    options_.file_offset_bytes = 8192;
    options_.length_bytes = 1000001;
    options_.verify = true;
    EXPECT_EQ(load().bytes, 1000001);
    expect_loaded(1 << 20, 1000001, 8192);
}

TEST_P(Load, of_a_file_that_does_not_fit_changes_nothing)
{
    make_file(size + 1);
    EXPECT_EQ(refusal(), EFBIG);
    guest::fill(file_, memory_seed);
    expect_loaded(0, size);
}

TEST_P(Load, of_more_than_the_file_has_changes_nothing)
{
    make_file(10000);
    options_.length_bytes = 10001;
    EXPECT_EQ(refusal(), EINVAL);
    options_.length_bytes = 1;
    options_.file_offset_bytes = 10000;
    EXPECT_EQ(refusal(), EINVAL);
}

TEST_P(Load, outside_the_memory_is_refused)
{
    options_.length_bytes = 4096;
    options_.offset_bytes = size - 1024;
    EXPECT_EQ(refusal(), EINVAL);
}

TEST_P(Load, stopped_half_way_says_what_is_valid)
{
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.depth = GetParam() == way_kind::bounce ? 1 : 2; // threads would run ahead
    options_.progress = [&](const memlane::transfer_progress& now) {
        stop = now.done_bytes >= 1 << 20;
    };
    try {
        load();
        FAIL();
    } catch (const memlane::transfer_error& e) {
        EXPECT_EQ(e.code().value(), EINTR);
        EXPECT_GE(e.done_bytes(), 1 << 20);
        EXPECT_LT(e.done_bytes(), size);
        EXPECT_THAT(e.what(), HasSubstr("; the memory holds those"));
        EXPECT_TRUE(std::equal(file_.begin(), file_.begin() + static_cast<long>(e.done_bytes()),
                               memory_.bytes().begin()));
    }
}

} // namespace
