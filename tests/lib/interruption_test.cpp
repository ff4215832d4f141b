// SPDX-License-Identifier: GPL-2.0-or-later
/// What ends a transfer before its end, by means that Debian's kernels have: the freezer of
/// control groups, and a file system in user space. The rest is in uapi/interruption_test.
#include "transfers.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t size = 16 * mib;
constexpr std::uint32_t in_region = 1;

/// A group of processes that can be frozen as all are for a suspend.
class freezer {
public:
    freezer()
    {
        must_run("mkdir -p " + root + " && mount -t cgroup -o freezer none " + root +
                 " && mkdir -p " + group);
    }
    freezer(const freezer&) = delete;
    freezer& operator=(const freezer&) = delete;
    ~freezer() { sh("rmdir " + group + "; umount " + root); }

    void add(pid_t process) const
    {
        EXPECT_EQ(write_file(group + "/cgroup.procs", std::to_string(process)), 0);
    }

    void set(const char* state) const
    {
        EXPECT_EQ(write_file(group + "/freezer.state", state), 0);
        for (int tenths = 0; read_line(group + "/freezer.state") != state; tenths++) {
            ASSERT_LT(tenths, 20) << "is not " << state;
            std::this_thread::sleep_for(100ms);
        }
    }

private:
    static inline const std::string root = "/tmp/memlane-freezer";
    static inline const std::string group = root + "/group";
};

TEST(Interruption, a_process_that_is_frozen_in_mid_save_goes_on_when_it_is_thawed)
{
    const region memory(region_options{.size = "16M"});
    const fd node = memory.open(O_RDWR);
    {
        const mapping map(node, size, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        fill(map.bytes(), in_region);
    }
    const null_disk disk({.latency_ns = 30'000'000});
    const fd target = open_direct(disk.path(), O_RDWR);
    const freezer group;
    const pid_t child = fork_child();
    if (child == 0) {
        memlane_transfer args = first_bytes(target, size);
        args.io_bytes = 256 * kib;
        args.depth = 2;
        const transfer_result saved = transfer(node, MEMLANE_IOC_SAVE, args);
        exit_child(saved.error != 0 ? saved.error : saved.done == size ? 0 : 255);
    }
    group.add(child);
    std::this_thread::sleep_for(200ms);
    group.set("FROZEN");
    // Longer than all of it takes.
    std::this_thread::sleep_for(2500ms);
    EXPECT_EQ(::waitpid(child, nullptr, WNOHANG), 0);
    EXPECT_EQ(counter(memory.name(), "saves"), 0U);
    group.set("THAWED");
    EXPECT_EQ(wait_child(child), 0);
    EXPECT_EQ(first_wrong(content(target, size), in_region), size);
}

/// A file system of one file, which takes 4 KiB of each write, 10 ms later.
class stingy_fs {
public:
    stingy_fs()
    {
        sh("modprobe fuse");
        must_run("mkdir -p " + path);
        const fd device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
        if (device < 0)
            throw std::runtime_error("/dev/fuse");
        server_ = fork_child();
        if (server_ == 0)
            serve(device);
        const std::string options =
            "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0";
        if (::mount("stingy", path.c_str(), "fuse", 0, options.c_str()) != 0)
            throw std::runtime_error("mount of fuse");
    }
    stingy_fs(const stingy_fs&) = delete;
    stingy_fs& operator=(const stingy_fs&) = delete;
    ~stingy_fs()
    {
        ::umount2(path.c_str(), MNT_DETACH);
        ::kill(server_, SIGKILL);
        wait_child(server_);
    }

    static std::string file() { return path + "/file"; }

private:
    static inline const std::string path = "/tmp/memlane-stingy";
    static constexpr std::uint32_t piece = 4096;

    static void answer(int device, std::uint64_t unique, int error, const void* body,
                       std::size_t length)
    {
        std::array<char, 512> reply = {};
        const fuse_out_header header = {static_cast<std::uint32_t>(sizeof(header) + length), -error,
                                        unique};
        std::memcpy(reply.data(), &header, sizeof(header));
        if (length != 0)
            std::memcpy(&reply[sizeof(header)], body, length);
        [[maybe_unused]] const ssize_t written = ::write(device, reply.data(), header.len);
    }

    template <typename Body>
    static void answer(int device, std::uint64_t unique, const Body& body)
    {
        answer(device, unique, 0, &body, sizeof(body));
    }

    static fuse_attr attributes(std::uint64_t node)
    {
        fuse_attr attr = {};
        attr.ino = node;
        attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0600;
        attr.nlink = 1;
        attr.size = node == FUSE_ROOT_ID ? 0 : size;
        attr.blksize = piece;
        return attr;
    }

    static void handle(int device, const fuse_in_header& in, const char* body)
    {
        switch (in.opcode) {
        case FUSE_INIT: {
            fuse_init_out out = {};
            out.major = FUSE_KERNEL_VERSION;
            out.minor = reinterpret_cast<const fuse_init_in*>(body)->minor;
            out.max_write = 128 * kib;
            return answer(device, in.unique, out);
        }
        case FUSE_LOOKUP: {
            fuse_entry_out out = {};
            out.nodeid = FUSE_ROOT_ID + 1;
            out.attr = attributes(out.nodeid);
            return answer(device, in.unique, out);
        }
        case FUSE_GETATTR: {
            fuse_attr_out out = {};
            out.attr = attributes(in.nodeid);
            return answer(device, in.unique, out);
        }
        case FUSE_OPEN: {
            fuse_open_out out = {};
            out.open_flags = FOPEN_DIRECT_IO;
            return answer(device, in.unique, out);
        }
        case FUSE_WRITE: {
            std::this_thread::sleep_for(10ms);
            const fuse_write_out out = {piece, 0};
            return answer(device, in.unique, out);
        }
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            return;
        default:
            return answer(device, in.unique, ENOSYS, nullptr, 0);
        }
    }

    [[noreturn]] static void serve(int device)
    {
        const buffer request(mib);
        for (;;) {
            const ssize_t length = ::read(device, request.data(), mib);
            if (length < 0 && errno == ENODEV)
                exit_child(0);
            if (length < static_cast<ssize_t>(sizeof(fuse_in_header))) {
                ::usleep(1000); // not mounted yet
                continue;
            }
            fuse_in_header in = {};
            std::memcpy(&in, request.data(), sizeof(in));
            handle(device, in, reinterpret_cast<const char*>(request.data()) + sizeof(in));
        }
    }

    pid_t server_;
};

TEST(Interruption, a_signal_ends_an_io_of_which_the_file_takes_little_at_a_time)
{
    const region memory(region_options{.size = "16M"});
    const fd node = memory.open(O_RDWR);
    const stingy_fs fs;
    const fd target = open_direct(fs.file(), O_RDWR);
    ASSERT_GE(target, 0) << errno;
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &action, nullptr);
    const itimerval timer{{0, 0}, {0, 300'000}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);

    // One I/O, which takes 10 s.
    memlane_transfer args = first_bytes(target, 4 * mib);
    const auto start = std::chrono::steady_clock::now();
    const transfer_result saved = transfer(node, MEMLANE_IOC_SAVE, args);
    ::signal(SIGALRM, SIG_DFL);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_EQ(saved.error, EINTR);
    EXPECT_GT(saved.done, 0U);
    EXPECT_LT(saved.done, 4 * mib);
    EXPECT_EQ(saved.done % 4096, 0U);
}

} // namespace
