// SPDX-License-Identifier: GPL-2.0-or-later
/// SAVE and LOAD: what arrives, and what is told when not all of it does.
#include "transfers.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

using namespace guest;

namespace {

constexpr std::size_t size = 16 * mib;

memlane_transfer whole(int target)
{
    return first_bytes(target, size);
}

enum class memory { pages, contiguous, reserved };

region_options options_of(memory kind)
{
    region_options options{.size = "16M"};
    options.contiguous = kind == memory::contiguous;
    if (kind == memory::reserved) {
        options.phys_addr = reserved_base;
    }
    return options;
}

std::string kind_name(const testing::TestParamInfo<memory>& kind)
{
    switch (kind.param) {
    case memory::pages:
        return "pages";
    case memory::contiguous:
        return "contiguous";
    case memory::reserved:
        return "reserved";
    }
    return {};
}

class TransferTest : public testing::TestWithParam<memory> {
protected:
    TransferTest() : region_(options_of(GetParam())) {}

    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
    }

    void fill_region(std::uint32_t seed)
    {
        const mapping map(node_, size, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        fill(map.bytes(), seed);
    }

    [[nodiscard]] std::size_t first_wrong_in_region(std::uint32_t seed) const
    {
        const mapping map(node_, size, PROT_READ);
        return first_wrong(map.bytes(), seed);
    }

    region region_;
    fd node_;
};

INSTANTIATE_TEST_SUITE_P(of, TransferTest,
                         testing::Values(memory::pages, memory::contiguous, memory::reserved),
                         kind_name);

TEST_P(TransferTest, save_to_a_disk_writes_every_byte)
{
    fill_region(1);
    const null_disk disk;
    const fd target = open_direct(disk.path(), O_RDWR);
    for (const std::uint32_t io_bytes : {0U, 4096U, 69632U, 1U << 30}) {
        for (const std::uint32_t depth : {1U, 64U}) {
            memlane_transfer args = whole(target);
            args.io_bytes = io_bytes;
            args.depth = depth;
            args.file_offset = mib;
            const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
            EXPECT_EQ(saved.error, 0);
            EXPECT_EQ(saved.done, size);
            EXPECT_EQ(first_wrong(content(target, size, mib), 1), size);
            ASSERT_EQ(::pwrite(target, buffer(size).data(), size, mib), static_cast<ssize_t>(size));
        }
    }
}

TEST_P(TransferTest, save_and_load_of_a_file_give_the_same_bytes)
{
    fill_region(2);
    const scratch_fs fs;
    const fd target = open_direct(fs.file("f"));
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, whole(target));
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, size);
    EXPECT_EQ(first_wrong(content(target, size), 2), size);

    fill_region(3);
    const transfer_result loaded = transfer(node_, MEMLANE_IOC_LOAD, whole(target));
    EXPECT_EQ(loaded.error, 0);
    EXPECT_EQ(loaded.done, size);
    EXPECT_EQ(first_wrong_in_region(2), size);
}

TEST_P(TransferTest, a_part_goes_where_it_is_told_and_nowhere_else)
{
    fill_region(4);
    const scratch_fs fs;
    const fd target = open_direct(fs.file("f"));
    constexpr std::size_t from = 5 * mib + 512;
    constexpr std::size_t length = 3 * mib + 1024;
    constexpr std::size_t to = mib + 4096;
    memlane_transfer args = whole(target);
    args.offset = from;
    args.length = length;
    args.file_offset = to;
    args.io_bytes = 256 * kib;
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, length);

    const mapping map(node_, size, PROT_READ);
    const auto bytes = content(target, 8 * mib);
    ASSERT_EQ(bytes.size(), to + length);
    EXPECT_EQ(std::memcmp(&bytes[to], &map[from], length), 0);
    EXPECT_EQ(std::vector<unsigned char>(bytes.begin(), bytes.begin() + mib),
              std::vector<unsigned char>(mib));
}

class SaveTest : public TransferTest {};
INSTANTIATE_TEST_SUITE_P(of, SaveTest, testing::Values(memory::pages), kind_name);

TEST_P(SaveTest, the_files_position_stays)
{
    const scratch_fs fs;
    const fd target = open_direct(fs.file("f"));
    ASSERT_EQ(::lseek(target, 12345, SEEK_SET), 12345);
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, whole(target)).error, 0);
    EXPECT_EQ(::lseek(target, 0, SEEK_CUR), 12345);
}

TEST_P(SaveTest, counters_tell_calls_bytes_and_errors)
{
    const null_disk disk;
    const fd target = open_direct(disk.path(), O_RDWR);
    memlane_transfer args = whole(target);
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, args).error, 0);
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_LOAD, args).error, 0);
    args.length = 8192;
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_LOAD, args).error, 0);
    args.flags = 1;
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, args).error, EINVAL);

    const auto is = [&](const char* name) { return counter(region_.name(), name); };
    EXPECT_EQ(is("saves"), 2U);
    EXPECT_EQ(is("saved_bytes"), size);
    EXPECT_EQ(is("save_errors"), 1U);
    EXPECT_EQ(is("loads"), 2U);
    EXPECT_EQ(is("loaded_bytes"), size + 8192);
    EXPECT_EQ(is("load_errors"), 0U);
}

TEST_P(SaveTest, a_full_disk_is_enospc_with_the_count_that_fitted)
{
    fill_region(5);
    const null_disk disk({.size_mib = 10});
    const fd target = open_direct(disk.path(), O_RDWR);
    for (const std::uint32_t io_bytes : {0U, 1U << 20, 3U << 20, 1U << 24}) {
        memlane_transfer args = whole(target);
        args.io_bytes = io_bytes;
        const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
        EXPECT_EQ(saved.error, ENOSPC);
        EXPECT_EQ(saved.done, 10 * mib);
    }
    EXPECT_EQ(first_wrong(content(target, 10 * mib), 5), 10 * mib);
}

TEST_P(SaveTest, a_full_file_system_is_enospc_with_the_count_that_fitted)
{
    fill_region(6);
    const scratch_fs fs(12);
    const fd target = open_direct(fs.file("f"));
    memlane_transfer args = whole(target);
    args.io_bytes = 1U << 20;
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
    EXPECT_EQ(saved.error, ENOSPC);
    EXPECT_GT(saved.done, 0U);
    EXPECT_LT(saved.done, 12 * mib);
    ASSERT_EQ(saved.done % 4096, 0U);
    EXPECT_EQ(first_wrong(content(target, saved.done), 6), saved.done);
}

TEST_P(SaveTest, a_bad_block_is_eio_with_the_count_before_it)
{
    // 5 MiB and a bit: the sixth I/O of 1 MiB fails.
    fill_region(7);
    const null_disk disk({.bad_sectors = "10300-10310"});
    const fd target = open_direct(disk.path(), O_RDWR);
    memlane_transfer args = whole(target);
    args.io_bytes = 1U << 20;
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
    EXPECT_EQ(saved.error, EIO);
    EXPECT_EQ(saved.done, 5 * mib);
    EXPECT_EQ(counter(region_.name(), "save_errors"), 1U);

    const transfer_result loaded = transfer(node_, MEMLANE_IOC_LOAD, args);
    EXPECT_EQ(loaded.error, EIO);
    EXPECT_EQ(loaded.done, 5 * mib);
}

TEST_P(SaveTest, the_callers_file_size_limit_holds)
{
    const scratch_fs fs;
    EXPECT_EQ(in_child([&] {
                  const rlimit limit{3 * mib, 3 * mib};
                  ::signal(SIGXFSZ, SIG_IGN);
                  ::setrlimit(RLIMIT_FSIZE, &limit);
                  const fd target = open_direct(fs.file("f"));
                  // The first I/O of 4 MiB is cut short, its rest refused.
                  const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, whole(target));
                  return saved.error == EFBIG && saved.done == 3 * mib ? 0 : 1;
              }),
              0);
}

TEST_P(SaveTest, a_file_system_without_direct_io_is_einval)
{
    // With journalled data, ext4 takes O_DIRECT at open and then copies.
    const scratch_fs fs(64, "data=journal");
    const fd target = open_direct(fs.file("f"));
    ASSERT_GE(target, 0);
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, whole(target));
    EXPECT_EQ(saved.error, EINVAL);
    EXPECT_EQ(saved.done, 0U);
}

TEST_P(SaveTest, a_tmpfs_is_einval)
{
    const std::string path = "/dev/shm/memlane-transfer-test";
    const fd target = open_direct(path);
    ::unlink(path.c_str());
    if (target < 0) { // before Linux 6.6 it is open(2) that refuses
        EXPECT_EQ(errno, EINVAL);
        return;
    }
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, whole(target)).error, EINVAL);
}

TEST_P(SaveTest, watchers_of_the_file_are_told)
{
    const scratch_fs fs;
    const fd target = open_direct(fs.file("f"));
    const fd watch(::inotify_init1(IN_NONBLOCK));
    ASSERT_GE(::inotify_add_watch(watch, fs.file("f").c_str(), IN_MODIFY), 0);
    EXPECT_EQ(transfer(node_, MEMLANE_IOC_SAVE, whole(target)).error, 0);
    char events[4096];
    EXPECT_GT(::read(watch, events, sizeof(events)), 0);
}

TEST_P(SaveTest, a_signal_stops_it_between_ios)
{
    // 64 requests of 1 MiB at 50 ms each; the alarm comes after 300 ms.
    fill_region(8);
    const null_disk disk({.latency_ns = 50'000'000});
    const fd target = open_direct(disk.path(), O_RDWR);
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &action, nullptr);
    const itimerval timer{{0, 0}, {0, 300'000}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);

    memlane_transfer args = whole(target);
    args.io_bytes = 256 * kib;
    args.depth = 2;
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, args);
    ::signal(SIGALRM, SIG_DFL);
    EXPECT_EQ(saved.error, EINTR);
    EXPECT_GT(saved.done, 0U);
    EXPECT_LT(saved.done, size);
    EXPECT_EQ(saved.done % (256 * kib), 0U);
    EXPECT_EQ(first_wrong(content(target, saved.done), 8), saved.done);
}

TEST_P(SaveTest, load_stops_at_the_end_of_the_file)
{
    const scratch_fs fs;
    fill_region(9);
    const fd target = open_direct(fs.file("f"));
    memlane_transfer args = whole(target);
    args.length = 3 * mib;
    ASSERT_EQ(transfer(node_, MEMLANE_IOC_SAVE, args).error, 0);
    ASSERT_EQ(::ftruncate(target, 3 * mib - 100), 0);

    fill_region(10);
    args = whole(target);
    args.io_bytes = 1U << 20;
    const transfer_result loaded = transfer(node_, MEMLANE_IOC_LOAD, args);
    EXPECT_EQ(loaded.error, 0);
    EXPECT_EQ(loaded.done, 3 * mib - 100);

    const mapping map(node_, size, PROT_READ);
    EXPECT_EQ(first_wrong(map.bytes().first(3 * mib - 104), 9), 3 * mib - 104);
    std::vector<unsigned char> whole_pattern(size);
    fill(whole_pattern, 10);
    EXPECT_EQ(std::memcmp(&map[3 * mib], &whole_pattern[3 * mib], size - 3 * mib), 0);
}

TEST_P(SaveTest, two_saves_of_one_region_at_once_are_both_right)
{
    fill_region(11);
    const null_disk first;
    const null_disk second;
    const pid_t child = fork_child();
    const fd target = open_direct(child == 0 ? first.path() : second.path(), O_RDWR);
    bool good = true;
    for (int i = 0; i < 5; i++) {
        good = good && transfer(node_, MEMLANE_IOC_SAVE, whole(target)).error == 0 &&
               first_wrong(content(target, size), 11) == size;
    }
    if (child == 0) {
        exit_child(good ? 0 : 1);
    }
    EXPECT_TRUE(good);
    EXPECT_EQ(wait_child(child), 0);
}

TEST_P(SaveTest, a_frozen_file_system_holds_the_save_and_lets_it_go)
{
    const scratch_fs fs;
    const fd target = open_direct(fs.file("f"));
    ASSERT_EQ(sh("fsfreeze --freeze " + fs.path()), 0);
    const pid_t child = fork_child();
    if (child == 0) {
        exit_child(transfer(node_, MEMLANE_IOC_SAVE, whole(target)).error);
    }
    ::usleep(200'000);
    EXPECT_EQ(counter(region_.name(), "saves"), 0U);
    ASSERT_EQ(sh("fsfreeze --unfreeze " + fs.path()), 0);
    EXPECT_EQ(wait_child(child), 0);
    EXPECT_EQ(counter(region_.name(), "saved_bytes"), size);
}

} // namespace
