// SPDX-License-Identifier: GPL-2.0-or-later
/// What ends a transfer before its end, and what does not. Each save takes 64 I/Os of 30 ms.
#include "transfers.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t size = 16 * mib;
constexpr std::uint32_t in_region = 1;

class InterruptionTest : public testing::Test {
protected:
    void SetUp() override
    {
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
        const mapping map(node_, size, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        fill(map.bytes(), in_region);
        target_ = open_direct(disk_.path(), O_RDWR);
        ASSERT_GE(target_, 0);
    }

    [[nodiscard]] transfer_result save(std::uint64_t from = 0) const
    {
        memlane_transfer args = first_bytes(target_, size - from);
        args.offset = from;
        args.file_offset = from;
        args.io_bytes = 256 * kib;
        args.depth = 1;
        return transfer(node_, MEMLANE_IOC_SAVE, args);
    }

    void expect_whole(const transfer_result& saved) const
    {
        EXPECT_EQ(saved.error, 0);
        EXPECT_EQ(saved.done, size);
        EXPECT_EQ(first_wrong(content(target_, size), in_region), size);
    }

    null_disk disk_{{.latency_ns = 30'000'000}};
    region region_{region_options{.size = "16M"}};
    fd node_;
    fd target_;
};

/// A ring that has one timeout to tell of.
class timeout_ring {
public:
    explicit timeout_ring(std::chrono::nanoseconds after)
        : ring_(static_cast<int>(::syscall(__NR_io_uring_setup, 4, &params_)))
    {
        if (ring_ < 0)
            throw std::runtime_error("io_uring_setup");
        const mapping queue(ring_, params_.sq_off.array + 4 * sizeof(std::uint32_t),
                            PROT_READ | PROT_WRITE, IORING_OFF_SQ_RING);
        const mapping entries(ring_, 4 * sizeof(io_uring_sqe), PROT_READ | PROT_WRITE,
                              IORING_OFF_SQES);
        after_.tv_nsec = after.count();
        auto& entry = reinterpret_cast<io_uring_sqe&>(entries[0]);
        entry.opcode = IORING_OP_TIMEOUT;
        entry.addr = reinterpret_cast<std::uintptr_t>(&after_);
        entry.len = 1;
        reinterpret_cast<std::uint32_t&>(queue[params_.sq_off.array]) = 0;
        reinterpret_cast<std::uint32_t&>(queue[params_.sq_off.tail]) = 1;
        if (::syscall(__NR_io_uring_enter, static_cast<int>(ring_), 1, 0, 0, nullptr, 0) != 1)
            throw std::runtime_error("io_uring_enter");
    }

    [[nodiscard]] bool completed() const
    {
        const mapping queue(ring_, params_.cq_off.cqes, PROT_READ, IORING_OFF_CQ_RING);
        return reinterpret_cast<std::uint32_t&>(queue[params_.cq_off.tail]) == 1;
    }

private:
    io_uring_params params_ = {};
    struct {
        std::int64_t tv_sec = 0;
        std::int64_t tv_nsec = 0;
    } after_;
    fd ring_;
};

TEST_F(InterruptionTest, what_io_uring_completes_meanwhile_is_no_signal)
{
    const timeout_ring ring(300ms);
    expect_whole(save());
    EXPECT_TRUE(ring.completed());
}

TEST_F(InterruptionTest, a_signal_that_another_thread_has_taken_is_no_signal)
{
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);
    std::atomic<bool> stop = false;
    std::atomic<int> taken = 0;
    std::thread other([&] {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGUSR1);
        ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
        const timespec second = {1, 0};
        while (!stop) {
            std::this_thread::sleep_for(100ms);
            // The kernel wakes the other thread; this one is faster.
            ::kill(::getpid(), SIGUSR1);
            taken += ::sigtimedwait(&set, nullptr, &second) == SIGUSR1 ? 1 : 0;
        }
    });
    const transfer_result saved = save();
    stop = true;
    other.join();
    ::signal(SIGUSR1, SIG_DFL);
    expect_whole(saved);
    EXPECT_GE(taken, 5);
}

TEST_F(InterruptionTest, a_stopped_process_stops_between_ios_and_goes_on_with_the_rest)
{
    const pid_t child = fork_child();
    if (child == 0) {
        const transfer_result first = save();
        if (first.error != EINTR || first.done == 0 || first.done >= size)
            exit_child(1);
        const transfer_result rest = save(first.done);
        exit_child(rest.error == 0 && first.done + rest.done == size ? 0 : 2);
    }
    std::this_thread::sleep_for(300ms);
    const auto start = std::chrono::steady_clock::now();
    ::kill(child, SIGSTOP);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
    EXPECT_TRUE(WIFSTOPPED(status));
    ::kill(child, SIGCONT);
    EXPECT_EQ(wait_child(child), 0);
    EXPECT_EQ(first_wrong(content(target_, size), in_region), size);
}

/// For the time of a test, the kernel reports who waits longer than a second.
class strict_watchdog {
public:
    strict_watchdog() : before_(read_line(path))
    {
        if (write_file(path, "1") != 0)
            throw std::runtime_error(path);
    }
    strict_watchdog(const strict_watchdog&) = delete;
    strict_watchdog& operator=(const strict_watchdog&) = delete;
    ~strict_watchdog() { write_file(path, before_); }

private:
    static constexpr const char* path = "/proc/sys/kernel/hung_task_timeout_secs";
    std::string before_;
};

/// This process writes to a disk no faster than @p limit bytes a second.
class slow_writes {
public:
    slow_writes(const std::string& disk, std::uint64_t limit)
    {
        struct stat status = {};
        if (::stat(disk.c_str(), &status) != 0)
            throw std::runtime_error(disk);
        must_run("mkdir -p " + root + " && mount -t cgroup2 none " + root);
        must_run("echo +io >" + root + "/cgroup.subtree_control && mkdir " + root + "/slow");
        must_run("echo " + std::to_string(major(status.st_rdev)) + ":" +
                 std::to_string(minor(status.st_rdev)) + " wbps=" + std::to_string(limit) + " >" +
                 root + "/slow/io.max");
        enter("/slow");
    }
    slow_writes(const slow_writes&) = delete;
    slow_writes& operator=(const slow_writes&) = delete;
    ~slow_writes()
    {
        enter("");
        sh("rmdir " + root + "/slow; umount " + root);
    }

private:
    static void enter(const std::string& group)
    {
        EXPECT_EQ(write_file(root + group + "/cgroup.procs", std::to_string(::getpid())), 0);
    }

    static inline const std::string root = "/tmp/memlane-cgroup";
};

// What the kernel reports fails any test.
TEST_F(InterruptionTest, a_disk_that_takes_seconds_is_not_reported_as_a_hang)
{
    const null_disk disk;
    const fd target = open_direct(disk.path(), O_RDWR);
    const slow_writes slow(disk.path(), 256 * kib);
    const strict_watchdog watchdog;
    const auto start = std::chrono::steady_clock::now();
    const transfer_result saved = transfer(node_, MEMLANE_IOC_SAVE, first_bytes(target, mib));
    EXPECT_EQ(saved.error, 0);
    EXPECT_EQ(saved.done, mib);
    EXPECT_GT(std::chrono::steady_clock::now() - start, 3s);
}

} // namespace
