// SPDX-License-Identifier: GPL-2.0-or-later
// A region from Python, with numpy and no binding.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <fcntl.h>

#include <gtest/gtest.h>

#include "guest.hpp"

namespace {

using guest::mib;

/** A region, mapped here, on which examples/memmap.py ran; it prints to a file. */
class Memmap : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(map_.ok()); }

    std::string run()
    {
        const std::string log = "/tmp/" + region_.name() + ".log";
        EXPECT_EQ(guest::sh("/usr/bin/python3 " MEMLANE_EXAMPLES "/memmap.py " + region_.node() +
                            " >" + log + " 2>&1"),
                  0);
        std::ifstream in(log);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    guest::region region_;
    guest::mapping map_{region_.open(O_RDWR), mib, PROT_READ | PROT_WRITE};
};

TEST_F(Memmap, sees_size_and_bytes_of_a_region)
{
    std::ranges::fill(map_.bytes().first(mib / 2), 40);
    EXPECT_EQ(run(), "1048576 bytes, mean 20.00\nfilled, mean 71.25\n");
}

TEST_F(Memmap, fills_a_region)
{
    run();
    for (std::size_t i = 0; i < mib / 2; ++i) {
        ASSERT_EQ(map_[i], i % 256) << i;
        ASSERT_EQ(map_[mib / 2 + i], i % 2 == 0 ? 10 : 20) << i;
    }
}

} // namespace
