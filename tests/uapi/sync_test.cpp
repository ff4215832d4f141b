// SPDX-License-Identifier: GPL-2.0-or-later
/// Handing memory to and fro between a device and the CPU's caches.
#include "guest.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>

using namespace guest;

namespace {

int sync(int node, memlane_sync& args)
{
    return ::ioctl(node, MEMLANE_IOC_SYNC, &args) < 0 ? errno : 0;
}

class Sync : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
    }

    /// @return the shortest time in which @p length bytes are handed to a device
    [[nodiscard]] std::chrono::nanoseconds time(std::uint64_t length) const
    {
        auto least = std::chrono::nanoseconds::max();
        for (int i = 0; i < 20; ++i) {
            memlane_sync args = {};
            args.owner = MEMLANE_OWNER_DEVICE;
            args.length = length;
            const auto start = std::chrono::steady_clock::now();
            EXPECT_EQ(sync(node_, args), 0);
            least =
                std::min<std::chrono::nanoseconds>(least, std::chrono::steady_clock::now() - start);
        }
        return least;
    }

    static constexpr std::uint64_t size = 8 * mib;
    region region_{{.size = "8M"}};
    fd node_;
};

TEST_F(Sync, hands_a_range_to_and_fro)
{
    for (const std::uint32_t owner : {MEMLANE_OWNER_DEVICE, MEMLANE_OWNER_CPU}) {
        for (const std::uint32_t direction :
             {MEMLANE_BIDIRECTIONAL, MEMLANE_TO_DEVICE, MEMLANE_FROM_DEVICE}) {
            for (const std::uint64_t length : {0UL, 64UL, static_cast<unsigned long>(size)}) {
                memlane_sync args = {};
                args.owner = owner;
                args.direction = direction;
                args.offset = size - length;
                args.length = length;
                EXPECT_EQ(sync(node_, args), 0) << owner << direction;
            }
        }
    }
}

TEST_F(Sync, with_bad_input_is_einval)
{
    const auto with = [&](auto change) {
        memlane_sync args = {};
        args.length = page;
        change(args);
        return sync(node_, args);
    };
    EXPECT_EQ(with([](memlane_sync& a) { a.flags = 1; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.owner = 2; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.direction = 3; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.reserved1 = 1; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.reserved[0] = 1; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.reserved[1] = 1; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) { a.offset = size - page + 1; }), EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) {
                  a.offset = size + 1;
                  a.length = 0;
              }),
              EINVAL);
    EXPECT_EQ(with([](memlane_sync& a) {
                  a.length = ~0ULL;
                  a.offset = page;
              }),
              EINVAL);
    EXPECT_EQ(with([](memlane_sync&) {}), 0);
}

TEST_F(Sync, by_a_reader_is_ebadf)
{
    const fd reader = region_.open(O_RDONLY);
    memlane_sync args = {};
    args.length = page;
    EXPECT_EQ(sync(reader, args), EBADF);
}

// Where caches keep in step by themselves there is nothing to do, else something for each line.
TEST_F(Sync, costs_by_length_only_where_caches_need_it)
{
    const auto page_time = time(page);
    const auto whole_time = time(size);
    if (counter(region_.name(), "coherent") == 1) {
        EXPECT_LT(whole_time, 10 * page_time);
    } else {
        EXPECT_GT(whole_time, 20 * page_time);
    }
}

} // namespace
