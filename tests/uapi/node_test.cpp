// SPDX-License-Identifier: GPL-2.0-or-later
/// The node under the ordinary system calls.
#include "guest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace guest;

namespace {

/// Most rules hold for memory of either kind.
class NodeTest : public testing::TestWithParam<bool> {
protected:
    NodeTest()
        : region_(GetParam() ? region_options{.size = "2M", .phys_addr = reserved_base}
                             : region_options{.size = "2M"})
    {
    }

    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
    }

    /// Fills the region with fill()'s pattern, by write().
    void write_pattern(std::uint32_t seed) const
    {
        std::vector<unsigned char> bytes(size);
        fill(bytes, seed);
        ASSERT_EQ(::pwrite(node_, bytes.data(), size, 0), static_cast<ssize_t>(size));
    }

    static constexpr std::size_t size = 2 * mib;
    region region_;
    fd node_;
};

INSTANTIATE_TEST_SUITE_P(of, NodeTest, testing::Values(false, true),
                         [](const auto& kind) { return kind.param ? "reserved" : "pages"; });

TEST_P(NodeTest, read_gives_back_what_was_written)
{
    write_pattern(1);
    std::vector<unsigned char> bytes(size);
    ASSERT_EQ(::read(node_, bytes.data(), size), static_cast<ssize_t>(size));
    EXPECT_EQ(first_wrong(bytes, 1), size);
}

TEST_P(NodeTest, the_position_moves_by_what_was_transferred)
{
    char bytes[5000];
    EXPECT_EQ(::read(node_, bytes, sizeof(bytes)), 5000);
    EXPECT_EQ(::lseek(node_, 0, SEEK_CUR), 5000);
    EXPECT_EQ(::write(node_, bytes, 3), 3);
    EXPECT_EQ(::lseek(node_, 0, SEEK_CUR), 5003);
    EXPECT_EQ(::pread(node_, bytes, 100, 9), 100);
    EXPECT_EQ(::lseek(node_, 0, SEEK_CUR), 5003);
}

TEST_P(NodeTest, a_read_across_the_end_is_short_and_then_0)
{
    char bytes[100];
    EXPECT_EQ(::pread(node_, bytes, 100, size - 30), 30);
    EXPECT_EQ(::pread(node_, bytes, 100, size), 0);
    EXPECT_EQ(::pread(node_, bytes, 100, size + 4096), 0);
}

TEST_P(NodeTest, a_write_across_the_end_is_short_and_then_enospc)
{
    char bytes[100] = {};
    EXPECT_EQ(::pwrite(node_, bytes, 100, size - 30), 30);
    EXPECT_EQ(::pwrite(node_, bytes, 100, size), -1);
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_EQ(::pwrite(node_, bytes, 0, size), 0);
}

TEST_P(NodeTest, vectors_are_read_and_written_as_one)
{
    write_pattern(2);
    std::vector<unsigned char> a(4097);
    std::vector<unsigned char> b(8191);
    iovec parts[] = {{a.data(), a.size()}, {b.data(), b.size()}};
    ASSERT_EQ(::readv(node_, parts, 2), 4097 + 8191);
    a.insert(a.end(), b.begin(), b.end());
    EXPECT_EQ(first_wrong(a, 2), a.size());
    ASSERT_EQ(::pwritev(node_, parts, 2, 100), 4097 + 8191);
}

TEST_P(NodeTest, a_fault_returns_what_was_copied_before_it)
{
    void* area =
        ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(area, MAP_FAILED);
    ASSERT_EQ(::munmap(static_cast<char*>(area) + page, page), 0);
    char* edge = static_cast<char*>(area) + page - 10;

    EXPECT_EQ(::pread(node_, edge, 100, 0), 10);
    EXPECT_EQ(::pwrite(node_, edge, 100, 0), 10);
    EXPECT_EQ(::pread(node_, edge + 10, 100, 0), -1);
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(::pwrite(node_, edge + 10, 100, 0), -1);
    EXPECT_EQ(errno, EFAULT);
    ::munmap(area, page);
}

TEST_P(NodeTest, seek_goes_from_0_to_the_size_and_no_further)
{
    const auto end = static_cast<off_t>(size);
    EXPECT_EQ(::lseek(node_, 0, SEEK_END), end);
    EXPECT_EQ(::lseek(node_, -10, SEEK_CUR), end - 10);
    EXPECT_EQ(::lseek(node_, end, SEEK_SET), end);
    for (const auto& [offset, whence] : {std::pair{off_t{-1}, SEEK_SET},
                                         {end + 1, SEEK_SET},
                                         {off_t{1}, SEEK_END},
                                         {-end - 1, SEEK_END},
                                         {off_t{1}, SEEK_CUR},
                                         {off_t{0}, 77}}) {
        EXPECT_EQ(::lseek(node_, offset, whence), -1) << offset << ' ' << whence;
        EXPECT_EQ(errno, EINVAL);
        EXPECT_EQ(::lseek(node_, 0, SEEK_CUR), end);
    }
}

TEST_P(NodeTest, the_size_never_changes)
{
    EXPECT_EQ(::ftruncate(node_, 0), -1);
    EXPECT_EQ(errno, EINVAL);
    const fd truncated = region_.open(O_RDWR | O_TRUNC);
    ASSERT_GE(truncated, 0);
    EXPECT_EQ(::lseek(truncated, 0, SEEK_END), static_cast<off_t>(size));
}

TEST_P(NodeTest, mappings_and_reads_see_the_same_bytes_at_once)
{
    const mapping map(node_, size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(map.ok());
    map[size - 1] = 0x5a;
    unsigned char byte = 0;
    ASSERT_EQ(::pread(node_, &byte, 1, size - 1), 1);
    EXPECT_EQ(byte, 0x5a);
    byte = 0xa5;
    ASSERT_EQ(::pwrite(node_, &byte, 1, size - 1), 1);
    EXPECT_EQ(map[size - 1], 0xa5);

    const mapping other(region_.open(O_RDONLY), page, PROT_READ, static_cast<off_t>(size - page));
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(other[page - 1], 0xa5);
}

TEST_P(NodeTest, every_page_of_a_mapping_is_the_right_one)
{
    write_pattern(3);
    const mapping map(node_, size, PROT_READ);
    ASSERT_TRUE(map.ok());
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < size / page; i++) {
        order.push_back((i * 389) % (size / page));
    }
    std::vector<unsigned char> bytes(size);
    for (const std::size_t i : order) {
        std::memcpy(&bytes[i * page], &map[i * page], page);
    }
    EXPECT_EQ(first_wrong(bytes, 3), size);
}

TEST_P(NodeTest, a_mapping_is_shared_inside_and_not_executable)
{
    const auto error_of = [&](std::size_t length, int protection, int flags, off_t offset) {
        void* map = ::mmap(nullptr, length, protection, flags, node_, offset);
        if (map == MAP_FAILED) {
            return errno;
        }
        ::munmap(map, length);
        return 0;
    };
    const auto end = static_cast<off_t>(size);
    constexpr int rw = PROT_READ | PROT_WRITE;
    EXPECT_EQ(error_of(size, rw, MAP_SHARED, 0), 0);
    EXPECT_EQ(error_of(page, rw, MAP_SHARED, end - static_cast<off_t>(page)), 0);
    EXPECT_EQ(error_of(size, rw, MAP_PRIVATE, 0), EINVAL);
    EXPECT_EQ(error_of(size + page, rw, MAP_SHARED, 0), EINVAL);
    EXPECT_EQ(error_of(page, rw, MAP_SHARED, end), EINVAL);
    EXPECT_EQ(error_of(2 * page, rw, MAP_SHARED, end - static_cast<off_t>(page)), EINVAL);
    EXPECT_EQ(error_of(page, rw, MAP_SHARED, off_t{1} << 50), EINVAL);
    EXPECT_EQ(error_of(page, PROT_READ | PROT_EXEC, MAP_SHARED, 0), EPERM);

    const mapping map(node_, page, PROT_READ);
    EXPECT_EQ(::mprotect(map.bytes().data(), page, PROT_READ | PROT_EXEC), -1);
    EXPECT_EQ(errno, EACCES);
}

TEST_P(NodeTest, a_reader_maps_for_reading_only)
{
    const fd reader = region_.open(O_RDONLY);
    EXPECT_TRUE(mapping(reader, page, PROT_READ).ok());
    EXPECT_FALSE(mapping(reader, page, PROT_READ | PROT_WRITE).ok());
    EXPECT_EQ(errno, EACCES);
}

TEST_P(NodeTest, a_mapping_survives_fork)
{
    const mapping map(node_, size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(map.ok());
    map[0] = 1;
    EXPECT_EQ(in_child([&] {
                  const bool seen = map[0] == 1;
                  map[page * 300] = 42;
                  return seen ? 0 : 1;
              }),
              0);
    EXPECT_EQ(map[page * 300], 42);
}

TEST_P(NodeTest, direct_io_writes_from_a_mapping)
{
    write_pattern(4);
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_RDWR | O_DIRECT));
    const mapping map(node_, size, PROT_READ);
    ASSERT_EQ(::pwrite(target, map.bytes().data(), size, 0), static_cast<ssize_t>(size));

    const buffer back(size);
    ASSERT_EQ(::pread(target, back.data(), size, 0), static_cast<ssize_t>(size));
    EXPECT_EQ(first_wrong(back.bytes(), 4), size);
}

TEST_P(NodeTest, direct_io_reads_into_a_mapping)
{
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_RDWR | O_DIRECT));
    const buffer data(size);
    fill(data.bytes(), 5);
    ASSERT_EQ(::pwrite(target, data.data(), size, 0), static_cast<ssize_t>(size));

    const mapping map(node_, size, PROT_READ | PROT_WRITE);
    ASSERT_EQ(::pread(target, map.bytes().data(), size, 0), static_cast<ssize_t>(size));
    EXPECT_EQ(first_wrong(map.bytes(), 5), size);
}

TEST_P(NodeTest, sendfile_writes_a_direct_file)
{
    write_pattern(6);
    const scratch_fs fs;
    const fd target(::open(fs.file("f").c_str(), O_RDWR | O_CREAT | O_DIRECT, 0600));
    off_t position = 0;
    while (position < static_cast<off_t>(size)) {
        ASSERT_GT(::sendfile(target, node_, &position, size), 0);
    }
    ASSERT_EQ(::sendfile(target, node_, &position, size), 0);

    const buffer back(size);
    ASSERT_EQ(::pread(target, back.data(), size, 0), static_cast<ssize_t>(size));
    EXPECT_EQ(first_wrong(back.bytes(), 6), size);
}

TEST_P(NodeTest, splice_puts_pages_and_not_copies_into_the_pipe)
{
    write_pattern(7);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const fd out(ends[0]);
    const fd in(ends[1]);
    loff_t position = 100;
    ASSERT_EQ(::splice(node_, &position, in, nullptr, 8192, 0), 8192);
    EXPECT_EQ(position, 8292);

    const unsigned char changed = 0x77;
    ASSERT_EQ(::pwrite(node_, &changed, 1, 200), 1);
    std::vector<unsigned char> bytes(8192);
    ASSERT_EQ(::read(out, bytes.data(), bytes.size()), 8192);
    EXPECT_EQ(bytes[100], changed);
}

TEST(Region, memory_handed_out_is_zeroed)
{
    // Leave something behind in memory that the next region is likely to get.
    for (int round = 0; round < 2; round++) {
        const region dirty({.size = "32M"});
        ASSERT_EQ(dirty.error(), 0);
        const fd node = dirty.open(O_RDWR);
        const mapping map(node, 32 * mib, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        EXPECT_TRUE(std::all_of(map.bytes().begin(), map.bytes().end(),
                                [](unsigned char byte) { return byte == 0; }));
        std::memset(map.bytes().data(), 0xee, 32 * mib);
    }
}

TEST(Region, a_reserved_range_keeps_its_content)
{
    for (const unsigned char value : std::initializer_list<unsigned char>{0x11, 0x22}) {
        const region_options options{.size = "2M", .phys_addr = reserved_base};
        {
            const region writer(options);
            ASSERT_EQ(::pwrite(writer.open(O_RDWR), &value, 1, 4097), 1);
        }
        const region reader(options);
        unsigned char byte = 0;
        ASSERT_EQ(::pread(reader.open(O_RDONLY), &byte, 1, 4097), 1);
        EXPECT_EQ(byte, value);
    }
}

TEST(Region, one_page_is_a_region)
{
    const region small({.size = "4096"});
    ASSERT_EQ(small.error(), 0);
    const fd node = small.open(O_RDWR);
    EXPECT_EQ(::lseek(node, 0, SEEK_END), 4096);
    EXPECT_TRUE(mapping(node, page, PROT_READ | PROT_WRITE).ok());
}

TEST(Region, has_nothing_to_sync_and_takes_the_calls)
{
    const region r;
    const fd node = r.open(O_RDWR);
    const mapping map(node, page, PROT_READ | PROT_WRITE);
    EXPECT_EQ(::fsync(node), 0);
    EXPECT_EQ(::fdatasync(node), 0);
    EXPECT_EQ(::msync(&map[0], page, MS_SYNC), 0);
}

TEST(Region, the_node_is_roots_alone)
{
    const region r;
    struct stat status = {};
    ASSERT_EQ(::stat(r.node().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(in_child([&] {
                  if (::setgid(guest::nobody) != 0 || ::setuid(guest::nobody) != 0)
                      return -1;
                  return r.open(O_RDONLY) < 0 ? errno : 0;
              }),
              EACCES);
}

} // namespace
