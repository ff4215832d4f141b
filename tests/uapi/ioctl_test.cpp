// SPDX-License-Identifier: GPL-2.0-or-later
/// Every ioctl with every kind of bad input.
#include "guest.hpp"

#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h> // the number of TCGETS, on PowerPC
#include <unistd.h>

using namespace guest;

namespace {

int error_of(int fd, unsigned long request, void* argument)
{
    return ::ioctl(fd, request, argument) < 0 ? errno : 0;
}

/// A region and a disk between which transfers work, until a test breaks one thing.
class IoctlTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
        target_ = fd(::open(disk_.path().c_str(), O_RDWR | O_DIRECT));
        ASSERT_GE(target_, 0);
    }

    [[nodiscard]] memlane_transfer transfer() const
    {
        memlane_transfer args = {};
        args.fd = target_;
        args.length = 64 * kib;
        args.done = 12345;
        return args;
    }

    int save(memlane_transfer& args) const { return error_of(node_, MEMLANE_IOC_SAVE, &args); }

    /// Both directions fail alike, and neither moves a byte.
    void expect_both(int error, memlane_transfer args) const
    {
        for (const unsigned long request : {MEMLANE_IOC_SAVE, MEMLANE_IOC_LOAD}) {
            memlane_transfer copy = args;
            EXPECT_EQ(error_of(node_, request, &copy), error) << _IOC_NR(request);
            EXPECT_EQ(copy.done, 0U);
        }
        EXPECT_EQ(counter(region_.name(), "saved_bytes"), 0U);
        EXPECT_EQ(counter(region_.name(), "loaded_bytes"), 0U);
    }

    void expect_save_to(int error, const char* path, int flags) const
    {
        const fd file(::open(path, flags | O_CLOEXEC, 0600));
        ASSERT_GE(file, 0) << path;
        memlane_transfer args = transfer();
        args.fd = file;
        EXPECT_EQ(save(args), error);
        EXPECT_EQ(args.done, 0U);
    }

    region region_;
    null_disk disk_;
    fd node_;
    fd target_;
};

TEST_F(IoctlTest, info_tells_what_the_region_is)
{
    memlane_info info = {};
    ASSERT_EQ(error_of(node_, MEMLANE_IOC_INFO, &info), 0);
    EXPECT_EQ(info.size, mib);
    EXPECT_EQ(info.kind, MEMLANE_KIND_PAGES);
    EXPECT_EQ(info.page_size, page);
    EXPECT_GE(info.segments, 1U);
    EXPECT_NE(info.phys_addr, 0U);
    EXPECT_STREQ(reinterpret_cast<const char*>(info.name), region_.name().c_str());
}

TEST_F(IoctlTest, info_hides_the_address_from_the_unprivileged)
{
    const int address_seen = in_child([&] {
        if (::setgid(guest::nobody) != 0 || ::setuid(guest::nobody) != 0) {
            return 2;
        }
        memlane_info info = {};
        if (error_of(node_, MEMLANE_IOC_INFO, &info) != 0) {
            return 3;
        }
        return info.phys_addr != 0 ? 1 : 0;
    });
    EXPECT_EQ(address_seen, 0);
}

TEST_F(IoctlTest, info_with_a_flag_is_einval)
{
    for (int bit = 0; bit < 32; bit++) {
        memlane_info info = {};
        info.flags = 1U << bit;
        EXPECT_EQ(error_of(node_, MEMLANE_IOC_INFO, &info), EINVAL) << bit;
    }
}

TEST_F(IoctlTest, info_with_a_dirty_reserved_word_is_einval)
{
    for (std::size_t i = 0; i < std::size(memlane_info{}.reserved); i++) {
        memlane_info info = {};
        info.reserved[i] = 1;
        EXPECT_EQ(error_of(node_, MEMLANE_IOC_INFO, &info), EINVAL) << i;
    }
}

TEST_F(IoctlTest, a_bad_pointer_is_efault)
{
    for (const unsigned long request : {MEMLANE_IOC_INFO, MEMLANE_IOC_SAVE, MEMLANE_IOC_LOAD}) {
        EXPECT_EQ(error_of(node_, request, nullptr), EFAULT);
        EXPECT_EQ(error_of(node_, request, reinterpret_cast<void*>(-8L)), EFAULT);
    }
}

TEST_F(IoctlTest, an_unwritable_result_is_efault)
{
    const fd zeroes(::open("/dev/zero", O_RDONLY));
    const mapping read_only(zeroes, page, PROT_READ);
    ASSERT_TRUE(read_only.ok());
    for (const unsigned long request : {MEMLANE_IOC_INFO, MEMLANE_IOC_SAVE, MEMLANE_IOC_LOAD}) {
        EXPECT_EQ(error_of(node_, request, read_only.bytes().data()), EFAULT);
    }
}

TEST_F(IoctlTest, a_wrong_size_or_number_is_enotty)
{
    char big[512] = {};
    for (const unsigned number : {0U, 1U, 2U}) {
        for (const std::size_t size : {0U, 4U, 8U, 200U}) {
            EXPECT_EQ(
                error_of(node_, _IOC(_IOC_READ | _IOC_WRITE, MEMLANE_IOC_MAGIC, number, size), big),
                ENOTTY);
        }
    }
    for (unsigned number = 3; number < 256; number++) {
        EXPECT_EQ(error_of(node_,
                           _IOC(_IOC_READ | _IOC_WRITE, MEMLANE_IOC_MAGIC, number,
                                sizeof(memlane_transfer)),
                           big),
                  ENOTTY)
            << number;
    }
    EXPECT_EQ(error_of(node_, TCGETS, big), ENOTTY);
}

TEST_F(IoctlTest, a_transfer_with_a_flag_is_einval)
{
    for (int bit = 0; bit < 32; bit++) {
        memlane_transfer args = transfer();
        args.flags = 1U << bit;
        expect_both(EINVAL, args);
    }
}

TEST_F(IoctlTest, a_transfer_with_a_dirty_reserved_word_is_einval)
{
    for (std::size_t i = 0; i < std::size(memlane_transfer{}.reserved); i++) {
        memlane_transfer args = transfer();
        args.reserved[i] = std::uint64_t{1} << 63;
        expect_both(EINVAL, args);
    }
}

TEST_F(IoctlTest, a_range_past_the_end_is_einval)
{
    memlane_transfer args = transfer();
    args.offset = mib;
    expect_both(EINVAL, args);
    args.offset = mib - 60 * kib;
    expect_both(EINVAL, args);
    args.offset = 0;
    args.length = mib + 4096;
    expect_both(EINVAL, args);
}

TEST_F(IoctlTest, a_range_that_overflows_is_einval)
{
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    memlane_transfer args = transfer();
    args.length = top & ~std::uint64_t{4095};
    expect_both(EINVAL, args);
    args.offset = 4096;
    expect_both(EINVAL, args);
    args.offset = top & ~std::uint64_t{4095};
    args.length = 8192;
    expect_both(EINVAL, args);
}

TEST_F(IoctlTest, a_file_offset_that_overflows_is_einval)
{
    memlane_transfer args = transfer();
    args.file_offset = std::uint64_t{1} << 63;
    expect_both(EINVAL, args);
    args.file_offset = (std::uint64_t{1} << 63) - 4096;
    expect_both(EINVAL, args);
    args.file_offset = std::uint64_t{0} - 4096;
    expect_both(EINVAL, args);
    // The first I/O still fits, only the whole does not.
    args.file_offset = (std::uint64_t{1} << 63) - 8192;
    args.io_bytes = page;
    expect_both(EINVAL, args);
}

TEST_F(IoctlTest, an_unaligned_range_is_einval_before_anything_moves)
{
    memlane_transfer args = transfer();
    args.length = 64 * kib + 1;
    args.io_bytes = page;
    expect_both(EINVAL, args);
    args = transfer();
    args.offset = 100;
    expect_both(EINVAL, args);
    args = transfer();
    args.file_offset = 100;
    expect_both(EINVAL, args);
}

TEST_F(IoctlTest, an_io_size_or_depth_beyond_its_limit_is_einval)
{
    memlane_transfer args = transfer();
    for (const std::uint32_t bytes : {1U, 512U, 4097U, MEMLANE_IO_BYTES_MAX + 4096, 0xffffffffU}) {
        args.io_bytes = bytes;
        expect_both(EINVAL, args);
    }
    args = transfer();
    for (const std::uint32_t depth : {MEMLANE_DEPTH_MAX + 1, 0x80000000U, 0xffffffffU}) {
        args.depth = depth;
        expect_both(EINVAL, args);
    }
}

TEST_F(IoctlTest, the_largest_io_size_and_depth_work)
{
    memlane_transfer args = transfer();
    args.io_bytes = MEMLANE_IO_BYTES_MAX;
    args.depth = MEMLANE_DEPTH_MAX;
    EXPECT_EQ(save(args), 0);
    EXPECT_EQ(args.done, 64 * kib);
}

TEST_F(IoctlTest, nothing_to_move_is_success)
{
    memlane_transfer args = transfer();
    args.length = 0;
    EXPECT_EQ(save(args), 0);
    EXPECT_EQ(args.done, 0U);
    args.offset = mib;
    EXPECT_EQ(save(args), 0);
}

TEST_F(IoctlTest, an_fd_that_is_not_open_is_ebadf)
{
    memlane_transfer args = transfer();
    for (const int number : {-1, 1 << 20, std::numeric_limits<int>::min()}) {
        args.fd = number;
        expect_both(EBADF, args);
    }
    const fd path_only(::open("/tmp", O_PATH));
    args.fd = path_only;
    expect_both(EBADF, args);
}

TEST_F(IoctlTest, an_fd_open_the_wrong_way_is_einval)
{
    expect_save_to(EINVAL, disk_.path().c_str(), O_RDONLY | O_DIRECT);
    expect_save_to(EINVAL, disk_.path().c_str(), O_RDWR);
    expect_save_to(EINVAL, disk_.path().c_str(), O_RDWR | O_DIRECT | O_APPEND);

    const fd write_only(::open(disk_.path().c_str(), O_WRONLY | O_DIRECT));
    memlane_transfer args = transfer();
    args.fd = write_only;
    EXPECT_EQ(error_of(node_, MEMLANE_IOC_LOAD, &args), EINVAL);
}

TEST_F(IoctlTest, an_fd_that_is_no_file_and_no_disk_is_einval)
{
    expect_save_to(EINVAL, "/tmp", O_RDONLY | O_DIRECTORY);
    expect_save_to(EINVAL, "/dev/null", O_WRONLY);
    expect_save_to(EINVAL, region_.node().c_str(), O_RDWR);

    memlane_transfer args = transfer();
    args.fd = node_;
    EXPECT_EQ(save(args), EINVAL);

    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_DIRECT), 0);
    const fd out(ends[0]);
    const fd in(ends[1]);
    args.fd = in;
    EXPECT_EQ(save(args), EINVAL);

    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const fd left(ends[0]);
    const fd right(ends[1]);
    args.fd = left;
    EXPECT_EQ(save(args), EINVAL);
}

TEST_F(IoctlTest, the_nodes_own_mode_counts)
{
    memlane_transfer args = transfer();
    const fd reader = region_.open(O_RDONLY);
    EXPECT_EQ(error_of(reader, MEMLANE_IOC_LOAD, &args), EBADF);
    EXPECT_EQ(error_of(reader, MEMLANE_IOC_SAVE, &args), 0);

    args = transfer();
    const fd writer = region_.open(O_WRONLY);
    EXPECT_EQ(error_of(writer, MEMLANE_IOC_SAVE, &args), EBADF);
    EXPECT_EQ(error_of(writer, MEMLANE_IOC_LOAD, &args), 0);
}

} // namespace
