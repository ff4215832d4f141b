// SPDX-License-Identifier: GPL-2.0-or-later
/// What others do to the target of a transfer while it is on its way.
#include "transfers.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t size = 16 * mib;
constexpr std::uint32_t in_region = 1;
constexpr std::uint32_t in_file = 2;
/// Of a request.
constexpr std::uint64_t latency_ns = 15'000'000;

class MidwayTest : public testing::Test {
protected:
    void SetUp() override
    {
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
        const mapping map(node_, size, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        fill(map.bytes(), in_region);
    }

    /// 64 I/Os, one after another, which take a second; @p act runs in the midst of them.
    template <typename Act>
    transfer_result meanwhile(unsigned long request, int target, std::uint64_t position, Act act)
    {
        memlane_transfer args = first_bytes(target, size);
        args.file_offset = position;
        args.io_bytes = 256 * kib;
        args.depth = 1;
        transfer_result result = {};
        std::thread caller([&] { result = transfer(node_, request, args); });
        std::this_thread::sleep_for(300ms);
        act();
        caller.join();
        return result;
    }

    region region_{region_options{.size = "16M"}};
    fd node_;
};

void expect_stopped(const transfer_result& saved, int error)
{
    EXPECT_EQ(saved.error, error);
    EXPECT_GT(saved.done, 0U);
    EXPECT_LT(saved.done, size);
}

std::vector<unsigned char> zeros(std::uint64_t count)
{
    return std::vector<unsigned char>(static_cast<std::size_t>(count));
}

TEST_F(MidwayTest, a_disk_that_becomes_read_only_takes_no_more)
{
    const null_disk disk({.latency_ns = latency_ns});
    const fd target = open_direct(disk.path(), O_RDWR);
    const transfer_result saved = meanwhile(MEMLANE_IOC_SAVE, target, 0, [&] {
        int read_only = 1;
        EXPECT_EQ(::ioctl(target, BLKROSET, &read_only), 0);
    });
    expect_stopped(saved, EPERM);
    EXPECT_EQ(content(target, size - saved.done, static_cast<off_t>(saved.done)),
              zeros(size - saved.done));
}

TEST_F(MidwayTest, a_disk_that_becomes_swap_space_takes_no_more)
{
    const null_disk disk({.latency_ns = latency_ns});
    must_run("mkswap " + disk.path() + " >/dev/null");
    const fd target = open_direct(disk.path(), O_RDWR);
    const transfer_result saved = meanwhile(
        MEMLANE_IOC_SAVE, target, mib, [&] { EXPECT_EQ(::swapon(disk.path().c_str(), 0), 0); });
    EXPECT_EQ(::swapoff(disk.path().c_str()), 0);
    expect_stopped(saved, ETXTBSY);
    EXPECT_EQ(content(target, size - saved.done, static_cast<off_t>(mib + saved.done)),
              zeros(size - saved.done));
}

/// A file of 16 MiB on a slow disk.
class FileMidwayTest : public MidwayTest {
protected:
    void SetUp() override
    {
        MidwayTest::SetUp();
        target_ = open_direct(fs_.file("f"));
        ASSERT_GE(target_, 0);
        const buffer bytes(size);
        fill(bytes.bytes(), in_file);
        ASSERT_EQ(::pwrite(target_, bytes.data(), size, 0), static_cast<ssize_t>(size));
        ASSERT_EQ(cached_pages(), 0);
    }

    [[nodiscard]] long cached_pages() const
    {
        const mapping map(target_, size, PROT_READ);
        std::vector<unsigned char> resident(size / page);
        EXPECT_EQ(::mincore(map.bytes().data(), size, resident.data()), 0);
        return std::count_if(resident.begin(), resident.end(),
                             [](unsigned char one) { return (one & 1) != 0; });
    }

    scratch_fs fs_{{.latency_ns = latency_ns}, "^has_journal"};
    fd target_;
};

TEST_F(FileMidwayTest, o_direct_that_is_taken_away_leads_to_no_copy_of_a_save)
{
    const transfer_result saved = meanwhile(MEMLANE_IOC_SAVE, target_, 0,
                                            [&] { ASSERT_EQ(::fcntl(target_, F_SETFL, 0), 0); });
    EXPECT_EQ(cached_pages(), 0);
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, size);
    EXPECT_EQ(first_wrong(content(open_direct(fs_.file("f")), size), in_region), size);
}

TEST_F(FileMidwayTest, o_direct_that_is_taken_away_leads_to_no_copy_of_a_load)
{
    const transfer_result loaded = meanwhile(MEMLANE_IOC_LOAD, target_, 0,
                                             [&] { ASSERT_EQ(::fcntl(target_, F_SETFL, 0), 0); });
    EXPECT_EQ(cached_pages(), 0);
    EXPECT_EQ(loaded.error, 0);
    EXPECT_EQ(loaded.done, size);
    const mapping map(node_, size, PROT_READ);
    EXPECT_EQ(first_wrong(map.bytes(), in_file), size);
}

TEST_F(FileMidwayTest, o_append_that_is_set_moves_nothing)
{
    const transfer_result saved = meanwhile(MEMLANE_IOC_SAVE, target_, 0, [&] {
        ASSERT_EQ(::fcntl(target_, F_SETFL, O_DIRECT | O_APPEND), 0);
    });
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, size);
    struct stat status = {};
    ASSERT_EQ(::fstat(target_, &status), 0);
    EXPECT_EQ(status.st_size, static_cast<off_t>(size));
    EXPECT_EQ(first_wrong(content(target_, size), in_region), size);
}

/// Ends the program if the file system cannot be frozen: then it cannot be unmounted either.
void expect_can_be_frozen(const scratch_fs& fs)
{
    const fd root(::open(fs.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const pid_t child = fork_child();
    if (child == 0)
        exit_child(::ioctl(root, FIFREEZE, 0) == 0 ? 0 : errno);
    int status = 0;
    for (int tenths = 0; ::waitpid(child, &status, WNOHANG) == 0; tenths++) {
        if (tenths == 100) {
            ADD_FAILURE() << "cannot be frozen";
            ::_exit(1);
        }
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_EQ(status, 0);
    EXPECT_EQ(::ioctl(root, FITHAW, 0), 0);
}

// They are queued: the disk is slow, and the file's blocks are written already.
TEST_F(FileMidwayTest, the_file_system_can_be_frozen_after_saves_to_the_file)
{
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, first_bytes(target_, size)).error, 0);
    expect_can_be_frozen(fs_);
}

TEST_F(MidwayTest, a_file_system_can_be_frozen_after_saves_to_a_disk_whose_node_is_in_it)
{
    const scratch_fs fs;
    const null_disk disk;
    struct stat status = {};
    ASSERT_EQ(::stat(disk.path().c_str(), &status), 0);
    ASSERT_EQ(::mknod(fs.file("disk").c_str(), S_IFBLK | 0600, status.st_rdev), 0);
    for (const int flags : {O_RDWR, O_RDWR | O_DSYNC}) {
        const fd target = open_direct(fs.file("disk"), flags);
        const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, first_bytes(target, size));
        EXPECT_EQ(saved.error, 0);
        EXPECT_EQ(saved.done, size);
        expect_can_be_frozen(fs);
    }
}

} // namespace
