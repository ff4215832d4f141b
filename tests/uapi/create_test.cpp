// SPDX-License-Identifier: GPL-2.0-or-later
/// Regions made through configfs, and refused.
#include "guest.hpp"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace guest;

namespace {

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

TEST(Create, a_region_appears_and_vanishes_with_its_node)
{
    region r({.size = "3M"});
    ASSERT_EQ(r.error(), 0);
    EXPECT_TRUE(exists(r.node()));
    EXPECT_EQ(counter(r.name(), "size"), 3 * mib);
    EXPECT_EQ(read_line("/sys/class/memlane/" + r.name() + "/kind"), "pages");
    EXPECT_EQ(r.destroy(), 0);
    EXPECT_FALSE(exists(r.node()));
    EXPECT_FALSE(exists("/sys/class/memlane/" + r.name()));
}

TEST(Create, sizes_take_units)
{
    for (const auto& [text, bytes] : {std::pair{"0x3000", 3 * 4096UL},
                                      {"12K", 12288UL},
                                      {"2m", 2UL << 20},
                                      {"8192\n", 8192UL}}) {
        const region r({.size = text});
        ASSERT_EQ(r.error(), 0) << text;
        EXPECT_EQ(counter(r.name(), "size"), bytes);
    }
}

TEST(Create, a_size_that_is_no_page_multiple_is_einval)
{
    for (const char* text : {"0", "1", "4095", "4097", "1M1", "\n", "x", "-4096", "4096 ", "K"}) {
        EXPECT_EQ(region({.size = text}).error(), EINVAL) << text;
    }
}

TEST(Create, a_size_that_overflows_is_refused)
{
    for (const char* text : {"18446744073709551616", "17592186044417M", "16777217T",
                             "0x10000000000000000", "99999999999999999999999999999999"}) {
        EXPECT_NE(region({.size = text}).error(), 0) << text;
    }
    EXPECT_EQ(region({.size = "17592186044417M"}).error(), ERANGE);
}

TEST(Create, no_size_is_einval)
{
    const std::string path = "/sys/kernel/config/memlane/" + region::unique_name();
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
    EXPECT_EQ(write_file(path + "/live", "1"), EINVAL);
    EXPECT_EQ(read_line(path + "/error"), "the size is 0");
    EXPECT_EQ(::rmdir(path.c_str()), 0);
}

double free_mib()
{
    sh("echo 3 > /proc/sys/vm/drop_caches; grep MemFree /proc/meminfo > /tmp/free");
    const std::string line = read_line("/tmp/free");
    return std::stod(line.substr(line.find(':') + 1)) / 1024;
}

TEST(Create, a_region_gives_all_its_memory_back)
{
    // 9 MiB is no multiple of the allocator's blocks: 3 MiB too many are taken.
    const auto churn = [](int rounds) {
        for (int i = 0; i < rounds; i++) {
            const region r({.size = "9M", .contiguous = i % 2 == 0});
            ASSERT_EQ(r.error(), 0);
            const mapping map(r.open(O_RDWR), 9 * mib, PROT_READ | PROT_WRITE);
            for (std::size_t at = 0; at < 9 * mib; at += page) {
                map[at] = 1;
            }
        }
    };
    churn(4);
    const double before = free_mib();
    churn(100);
    EXPECT_NEAR(free_mib(), before, 50.0);
}

TEST(Create, an_illegal_name_is_refused)
{
    for (const char* name : {".hidden", "a b", "a:b", "a,b", "a@b", "a\n", "\xc3\xa4"}) {
        EXPECT_EQ(region({}, name).error(), EINVAL) << name;
    }
    EXPECT_EQ(region({}, std::string(32, 'x')).error(), ENAMETOOLONG);
    EXPECT_EQ(region({}, std::string(31, 'x')).error(), 0);
    EXPECT_EQ(region({}, "A.z_0-9").error(), 0);
}

TEST(Create, a_duplicate_name_is_eexist)
{
    const region first;
    ASSERT_EQ(first.error(), 0);
    EXPECT_EQ(region({}, first.name()).error(), EEXIST);
    EXPECT_TRUE(exists(first.node()));
}

TEST(Create, a_live_region_stands_still)
{
    const region r({.size = "4096"});
    EXPECT_EQ(write_file(r.config() + "/size", "8192"), EBUSY);
    EXPECT_EQ(write_file(r.config() + "/phys_addr", "none"), EBUSY);
    EXPECT_EQ(write_file(r.config() + "/contiguous", "1"), EBUSY);
    EXPECT_EQ(write_file(r.config() + "/live", "1"), 0);
    EXPECT_EQ(::rmdir(r.config().c_str()), -1);
    EXPECT_EQ(errno, EBUSY);
    EXPECT_EQ(counter(r.name(), "size"), 4096U);
}

TEST(Create, contiguous_and_physical_exclude_each_other)
{
    EXPECT_EQ(region({.size = "2M", .phys_addr = reserved_base, .contiguous = true}).error(),
              EINVAL);
}

} // namespace
