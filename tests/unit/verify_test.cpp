// SPDX-License-Identifier: GPL-2.0-or-later
#include "verify.hpp"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memfd_memory.hpp"
#include "memlane/error.hpp"
#include "memlane/transfer.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::byte_range;
using testing::HasSubstr;

constexpr std::uint64_t size = 3 << 20; // more than one buffer

class Verify : public testing::Test {
protected:
    Verify() { memlane::save(memory_, path_, {}); }

    /** @return what is wrong, or nothing. */
    std::string verify(const byte_range& range)
    {
        const memlane::transfer_options options;
        memlane::direct_file file(path_, memlane::file_use::source);
        try {
            memlane::detail::verify(memory_, file, range,
                                    {options, memlane::transfer_phase::verifying, range.length});
        } catch (const memlane::error& e) {
            EXPECT_EQ(e.code().value(), EBADMSG);
            return e.what();
        }
        return {};
    }

    guest::scratch_dir dir_;
    std::string path_ = dir_.file("out.raw");
    memfd_memory memory_{size, 3};
};

TEST_F(Verify, finds_nothing_in_a_good_copy)
{
    EXPECT_EQ(verify({0, size, 0}), "");
    EXPECT_EQ(verify({12345, 2000000, 12345}), "");
}

TEST_F(Verify, finds_the_first_byte_that_differs)
{
    for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{2000001}, size - 1}) {
        memory_.bytes()[place] ^= 0xffU;
        EXPECT_THAT(verify({0, size, 0}),
                    HasSubstr("the first difference is at file offset " + std::to_string(place)));
        memory_.bytes()[place] ^= 0xffU;
    }
}

TEST_F(Verify, looks_at_its_range_only)
{
    memory_.bytes()[99] ^= 1U;
    memory_.bytes()[200] ^= 1U;
    EXPECT_EQ(verify({100, 100, 100}), "");
    EXPECT_NE(verify({100, 101, 100}), "");
}

TEST_F(Verify, finds_a_file_that_ends_early)
{
    ASSERT_EQ(::truncate(path_.c_str(), 2000001), 0);
    EXPECT_THAT(verify({0, size, 0}), HasSubstr("the file ends at 2000001"));
}

} // namespace
