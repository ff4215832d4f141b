// SPDX-License-Identifier: GPL-2.0-or-later
/// Regions made through configfs, and refused.
#include "guest.hpp"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace guest;

namespace {

std::string why(const region& r)
{
    return read_line(r.config() + "/error");
}

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

TEST(Create, a_size_larger_than_memory_is_enomem_at_once)
{
    for (const char* size : {"1T", "8388607T", "100G"}) {
        const region r({.size = size});
        EXPECT_EQ(r.error(), ENOMEM) << size;
        EXPECT_NE(why(r).find("available"), std::string::npos) << why(r);
    }
}

TEST(Create, no_size_is_einval)
{
    const std::string path = "/sys/kernel/config/memlane/" + region::unique_name();
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
    EXPECT_EQ(write_file(path + "/live", "1"), EINVAL);
    EXPECT_EQ(read_line(path + "/error"), "the size is 0");
    EXPECT_EQ(::rmdir(path.c_str()), 0);
}

TEST(Create, a_contiguous_region_is_one_run)
{
    for (const char* size : {"4K", "12K", "4M", "5M", "64M", "300M"}) {
        const region r({.size = size, .contiguous = true});
        ASSERT_EQ(r.error(), 0) << size << ": " << why(r);
        EXPECT_EQ(counter(r.name(), "segments"), 1U) << size;
        const fd node = r.open(O_RDWR);
        const auto length = static_cast<std::size_t>(::lseek(node, 0, SEEK_END));
        const mapping map(node, length, PROT_READ | PROT_WRITE);
        fill(map.bytes(), 1);
        EXPECT_EQ(first_wrong(map.bytes(), 1), length);
    }
}

TEST(Create, a_contiguous_region_that_no_run_can_hold_is_enomem)
{
    // There is this much memory, but the reserved range lies in the middle of it.
    const region r({.size = "2200M", .contiguous = true});
    EXPECT_EQ(r.error(), ENOMEM);
    EXPECT_EQ(why(r), "no contiguous run of this size is free");
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

TEST(CreateReserved, the_range_becomes_the_region)
{
    const region r({.size = "256M", .phys_addr = reserved_base});
    ASSERT_EQ(r.error(), 0);
    memlane_info info = {};
    ASSERT_EQ(::ioctl(r.open(O_RDONLY), MEMLANE_IOC_INFO, &info), 0);
    EXPECT_EQ(info.phys_addr, reserved_base);
    EXPECT_EQ(info.size, reserved_size);
    EXPECT_EQ(info.segments, 1U);
    EXPECT_EQ(info.kind, MEMLANE_KIND_RESERVED);
}

TEST(CreateReserved, system_ram_is_ebusy)
{
    for (const std::uint64_t address :
         {16 * mib, reserved_base - 2 * mib, reserved_base + reserved_size - 2 * mib}) {
        const region r({.size = "4M", .phys_addr = address});
        EXPECT_EQ(r.error(), EBUSY) << std::hex << address;
        EXPECT_NE(why(r).find("System RAM"), std::string::npos) << why(r);
    }
}

TEST(CreateReserved, an_unaligned_range_is_einval)
{
    EXPECT_EQ(region({.size = "2M", .phys_addr = reserved_base + 1}).error(), EINVAL);
    EXPECT_EQ(region({.size = "2M", .phys_addr = reserved_base + page}).error(), EINVAL);
    EXPECT_EQ(region({.size = "4K", .phys_addr = reserved_base}).error(), EINVAL);
}

TEST(CreateReserved, a_range_that_overflows_or_cannot_be_addressed_is_einval)
{
    EXPECT_EQ(region({.size = "4M", .phys_addr = ~std::uint64_t{0} - 2 * mib + 1}).error(), EINVAL);
    EXPECT_EQ(region({.size = "2M", .phys_addr = std::uint64_t{1} << 60}).error(), EINVAL);
}

TEST(CreateReserved, a_range_of_another_driver_is_ebusy)
{
    // The local APIC's registers: claimed at boot, and no RAM.
    const region apic({.size = "2M", .phys_addr = 0xfee00000});
    EXPECT_EQ(apic.error(), EBUSY);

    const region first({.size = "4M", .phys_addr = reserved_base + 4 * mib});
    ASSERT_EQ(first.error(), 0);
    for (const std::uint64_t offset : {2 * mib, 4 * mib, 6 * mib}) {
        const region second({.size = "4M", .phys_addr = reserved_base + offset});
        EXPECT_EQ(second.error(), EBUSY) << offset;
    }
    const region neighbour({.size = "4M", .phys_addr = reserved_base + 8 * mib});
    EXPECT_EQ(neighbour.error(), 0);
}

TEST(CreateReserved, it_needs_cap_sys_rawio)
{
    EXPECT_EQ(in_child([] {
                  ::prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO, 0, 0, 0);
                  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
                  __user_cap_data_struct data[2] = {};
                  ::syscall(SYS_capget, &header, data);
                  data[0].effective &= ~(1U << CAP_SYS_RAWIO);
                  ::syscall(SYS_capset, &header, data);
                  if (region().error() != 0)
                      return -1;
                  return region({.size = "2M", .phys_addr = reserved_base}).error();
              }),
              EPERM);
}

TEST(CreateReserved, the_range_can_be_had_again)
{
    for (int i = 0; i < 10; i++) {
        region r({.size = "256M", .phys_addr = reserved_base});
        ASSERT_EQ(r.error(), 0) << i;
        ASSERT_EQ(r.destroy(), 0);
    }
    EXPECT_NE(sh("grep -q 80000000-.*memlane /proc/iomem"), 0);
}

} // namespace
