// SPDX-License-Identifier: GPL-2.0-or-later
/// SAVE and LOAD on a disk without a file system: what its page cache, its
/// partitions and those who may not write to it can expect.
#include "transfers.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace guest;

namespace {

constexpr std::size_t size = 16 * mib;
constexpr std::uint32_t in_region = 1;
constexpr std::uint32_t on_disk = 2;

class RawDiskTest : public testing::Test {
protected:
    void SetUp() override
    {
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
        const mapping map(node_, size, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        fill(map.bytes(), in_region);
    }

    /// In sixteen I/Os.
    [[nodiscard]] transfer_result run(unsigned long request, int target,
                                      std::uint64_t position = 0) const
    {
        memlane_transfer args = first_bytes(target, size);
        args.io_bytes = mib;
        args.file_offset = position;
        return transfer(node_, request, args);
    }

    [[nodiscard]] std::size_t first_wrong_in_region(std::uint32_t seed) const
    {
        const mapping map(node_, size, PROT_READ);
        return first_wrong(map.bytes(), seed);
    }

    region region_{region_options{.size = "16M"}};
    fd node_;
};

/// Through the page cache, where it stays until the disk is closed.
class cached_disk {
public:
    explicit cached_disk(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {}

    [[nodiscard]] std::size_t first_wrong_byte(std::uint32_t seed) const
    {
        const buffer bytes(size);
        EXPECT_EQ(::pread(fd_, bytes.data(), size, 0), static_cast<ssize_t>(size));
        return first_wrong(bytes.bytes(), seed);
    }

    void write(std::uint32_t seed) const
    {
        const buffer bytes(size);
        fill(bytes.bytes(), seed);
        EXPECT_EQ(::pwrite(fd_, bytes.data(), size, 0), static_cast<ssize_t>(size));
    }

    void flush() const { EXPECT_EQ(::fsync(fd_), 0); }

private:
    fd fd_;
};

TEST_F(RawDiskTest, who_has_read_the_disk_sees_what_was_saved)
{
    const null_disk disk;
    const cached_disk cached(disk.path());
    cached.write(on_disk);
    cached.flush();
    ASSERT_EQ(cached.first_wrong_byte(on_disk), size);

    const fd target = open_direct(disk.path(), O_RDWR);
    const transfer_result saved = run(MEMLANE_IOC_SAVE, target);
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, size);
    EXPECT_EQ(cached.first_wrong_byte(in_region), size);
}

TEST_F(RawDiskTest, what_was_written_before_does_not_come_after_the_save)
{
    const null_disk disk;
    const cached_disk cached(disk.path());
    cached.write(on_disk);

    const fd target = open_direct(disk.path(), O_RDWR);
    EXPECT_EQ(run(MEMLANE_IOC_SAVE, target).error, 0);
    cached.flush();
    EXPECT_EQ(first_wrong(content(target, size), in_region), size);
}

TEST_F(RawDiskTest, load_sees_what_is_not_flushed_yet)
{
    const null_disk disk;
    const cached_disk cached(disk.path());
    cached.write(on_disk);

    const fd target = open_direct(disk.path(), O_RDONLY);
    const transfer_result loaded = run(MEMLANE_IOC_LOAD, target);
    EXPECT_EQ(loaded.error, 0);
    EXPECT_EQ(loaded.done, size);
    EXPECT_EQ(first_wrong_in_region(on_disk), size);
}

TEST_F(RawDiskTest, who_reads_the_disk_meanwhile_sees_the_new_bytes_afterwards)
{
    // A MiB at a time, 60 ms each: a second.
    const null_disk disk({.latency_ns = 60'000'000});
    const cached_disk cached(disk.path());
    const fd target = open_direct(disk.path(), O_RDWR);
    const pid_t child = fork_child();
    if (child == 0) {
        memlane_transfer args = first_bytes(target, size);
        args.io_bytes = mib;
        args.depth = 1;
        exit_child(transfer(node_, MEMLANE_IOC_SAVE, args).error);
    }
    ::usleep(300'000);
    // The last bytes, which are old yet.
    const fd reader(::open(disk.path().c_str(), O_RDONLY | O_CLOEXEC));
    std::uint64_t word = 1;
    EXPECT_EQ(::pread(reader, &word, sizeof(word), size - sizeof(word)),
              static_cast<ssize_t>(sizeof(word)));
    EXPECT_EQ(word, 0U);
    EXPECT_EQ(wait_child(child), 0);
    EXPECT_EQ(cached.first_wrong_byte(in_region), size);
}

TEST_F(RawDiskTest, a_disk_that_became_read_only_is_eperm_and_keeps_its_bytes)
{
    const null_disk disk;
    const fd target = open_direct(disk.path(), O_RDWR);
    int read_only = 1;
    ASSERT_EQ(::ioctl(target, BLKROSET, &read_only), 0);
    const transfer_result saved = run(MEMLANE_IOC_SAVE, target);
    EXPECT_EQ(saved.error, EPERM);
    EXPECT_EQ(saved.done, 0U);
    EXPECT_EQ(content(target, size), std::vector<unsigned char>(size));
}

TEST_F(RawDiskTest, a_partition_gets_its_own_bytes_only)
{
    constexpr std::uint64_t start = 8 * mib;
    const null_disk disk;
    const fd whole = open_direct(disk.path(), O_RDWR);
    blkpg_partition partition = {};
    partition.start = start;
    partition.length = size + mib;
    partition.pno = 1;
    blkpg_ioctl_arg request = {BLKPG_ADD_PARTITION, 0, sizeof(partition), &partition};
    ASSERT_EQ(::ioctl(whole, BLKPG, &request), 0);
    const bool digit = disk.path().find_last_of("0123456789") == disk.path().size() - 1;
    {
        const fd part = open_direct(disk.path() + (digit ? "p1" : "1"), O_RDWR);
        ASSERT_GE(part, 0);
        EXPECT_EQ(run(MEMLANE_IOC_SAVE, part, mib).error, 0);
        EXPECT_EQ(first_wrong(content(whole, size, start + mib), in_region), size);
        EXPECT_EQ(content(whole, start + mib), std::vector<unsigned char>(start + mib));
        // A MiB too many, of which nothing is behind the partition.
        const transfer_result saved = run(MEMLANE_IOC_SAVE, part, 2 * mib);
        EXPECT_EQ(saved.error, ENOSPC);
        EXPECT_EQ(saved.done, size - mib);
        EXPECT_EQ(content(whole, mib, start + size + mib), std::vector<unsigned char>(mib));
    }
    request.op = BLKPG_DEL_PARTITION;
    EXPECT_EQ(::ioctl(whole, BLKPG, &request), 0);
}

TEST_F(RawDiskTest, a_file_that_is_open_with_dsync_writes_through_the_disks_cache)
{
    const std::string tracing = "/sys/kernel/tracing/";
    const std::string event = tracing + "events/block/block_rq_issue/enable";
    const null_disk disk({.cache_mib = 1});
    const fd target = open_direct(disk.path(), O_RDWR | O_DSYNC);
    std::ofstream(tracing + "trace").flush();
    ASSERT_EQ(write_file(event, "1"), 0);
    const transfer_result saved = run(MEMLANE_IOC_SAVE, target);
    write_file(event, "0");
    EXPECT_EQ(saved.error, 0);

    int through = 0;
    std::ifstream trace(tracing + "trace");
    for (std::string line; std::getline(trace, line);) {
        if (line.find("block_rq_issue:") == std::string::npos)
            continue;
        EXPECT_EQ(line.find(" WS "), std::string::npos) << line;
        through += line.find(" WFS ") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(through, 16);
}

} // namespace
