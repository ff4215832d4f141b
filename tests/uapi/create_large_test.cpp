// SPDX-License-Identifier: GPL-2.0-or-later
/// Regions whose size is near that of the machine's memory.
#include "guest.hpp"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace guest;

namespace {

TEST(CreateLarge, a_size_larger_than_memory_is_enomem_at_once)
{
    for (const char* size : {"1T", "8388607T", "100G"}) {
        const region r({.size = size});
        EXPECT_EQ(r.error(), ENOMEM) << size;
        EXPECT_NE(r.why().find("available"), std::string::npos) << r.why();
    }
}

TEST(CreateLarge, a_contiguous_region_is_one_run)
{
    for (const char* size : {"4K", "12K", "4M", "5M", "64M", "300M"}) {
        const region r({.size = size, .contiguous = true});
        ASSERT_EQ(r.error(), 0) << size << ": " << r.why();
        EXPECT_EQ(counter(r.name(), "segments"), 1U) << size;
        const fd node = r.open(O_RDWR);
        const auto length = static_cast<std::size_t>(::lseek(node, 0, SEEK_END));
        const mapping map(node, length, PROT_READ | PROT_WRITE);
        fill(map.bytes(), 1);
        EXPECT_EQ(first_wrong(map.bytes(), 1), length);
    }
}

TEST(CreateLarge, a_contiguous_region_that_no_run_can_hold_is_enomem)
{
    // There is this much memory, but the reserved range lies in the middle of it.
    const region r({.size = "2200M", .contiguous = true});
    EXPECT_EQ(r.error(), ENOMEM);
    EXPECT_EQ(r.why(), "no contiguous run of this size is free");
}

} // namespace
