// SPDX-License-Identifier: GPL-2.0-or-later
#include "iomem.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace {

std::string owner(std::uint64_t start, std::uint64_t length)
{
    std::istringstream iomem("00000000-00000fff : Reserved\n"
                             "00100000-7fffffff : System RAM\n"
                             "  01000000-01ffffff : Kernel code\n"
                             "80000000-8fffffff : Reserved\n"
                             "  80000000-80ffffff : memlane\n"
                             "c0000000-febfffff : PCI Bus 0000:00\n"
                             "  fd000000-fdffffff : 0000:00:02.0\n"
                             "    fd000000-fdffffff : bochs-drm\n"
                             "not a line of iomem\n"
                             "\n"
                             "100000000-13fffffff : System RAM\n");
    return memlane::detail::find_owner(iomem, start, length);
}

TEST(Iomem, system_ram_is_named_whatever_is_in_it)
{
    EXPECT_EQ(owner(0x1000000, 0x1000), "00100000-7fffffff : System RAM");
    EXPECT_EQ(owner(0xf0000000, 0x20000000), "100000000-13fffffff : System RAM");
}

TEST(Iomem, the_innermost_owner_is_named)
{
    EXPECT_EQ(owner(0x80800000, 0x1000000), "80000000-80ffffff : memlane");
    EXPECT_EQ(owner(0xfd000000, 0x1000), "fd000000-fdffffff : bochs-drm");
}

TEST(Iomem, reserved_alone_owns_nothing)
{
    EXPECT_EQ(owner(0x81000000, 0x1000000), "");
}

TEST(Iomem, a_range_ends_before_the_next_one)
{
    EXPECT_EQ(owner(0xbffff000, 0x1000), "");
    EXPECT_EQ(owner(0xbffff000, 0x1001), "c0000000-febfffff : PCI Bus 0000:00");
}

TEST(Iomem, an_empty_range_has_no_owner)
{
    EXPECT_EQ(owner(0x1000000, 0), "");
}

} // namespace
