// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/error.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

TEST(Error, keeps_the_errno_and_says_verb_object_path_and_why)
{
    try {
        memlane::throw_error(EACCES, "open", "file", "out.raw", "ask its owner");
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::permission_denied);
        EXPECT_STREQ(e.what(), "open file out.raw: Permission denied (EACCES): ask its owner");
    }
}

TEST(Error, without_a_detail_ends_with_the_errno)
{
    EXPECT_STREQ(memlane::error(EIO, "sync file a").what(),
                 "sync file a: Input/output error (EIO)");
}

TEST(Error, an_errno_without_a_name_is_its_number)
{
    EXPECT_EQ(memlane::errno_name(ENOSPC), "ENOSPC");
    EXPECT_EQ(memlane::errno_name(4095), "4095");
}

TEST(TransferError, says_how_far_it_got_and_what_is_left)
{
    const memlane::transfer_error e(ENOSPC, "save memlane:capture -> out.raw", 1280ULL << 20,
                                    4ULL << 30, "the file holds those 1.25 GiB");
    EXPECT_STREQ(e.what(), "save memlane:capture -> out.raw: No space left on device (ENOSPC) "
                           "after 1.25 GiB of 4.00 GiB; the file holds those 1.25 GiB");
    EXPECT_EQ(e.code().value(), ENOSPC);
    EXPECT_EQ(e.done_bytes(), 1280ULL << 20);
    EXPECT_EQ(e.total_bytes(), 4ULL << 30);
}

TEST(TransferError, a_copy_says_the_same)
{
    const memlane::transfer_error e(EIO, "load a -> memlane:b", 1, 2, "none");
    const std::vector<memlane::error> copies = {e};
    EXPECT_STREQ(copies[0].what(), e.what());
}

} // namespace
