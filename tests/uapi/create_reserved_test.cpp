// SPDX-License-Identifier: GPL-2.0-or-later
/// Regions of a range that was kept from the kernel at boot (memmap=), and refused.
#include "guest.hpp"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace guest;

namespace {

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
        EXPECT_NE(r.why().find("System RAM"), std::string::npos) << r.why();
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
    // The IO-APIC's registers: claimed at boot, and no RAM. (The local APIC's are not, in 6.12.)
    const region apic({.size = "2M", .phys_addr = 0xfec00000});
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
