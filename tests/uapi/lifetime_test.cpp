// SPDX-License-Identifier: GPL-2.0-or-later
/// Who may still use a region, and when it may go.
#include "guest.hpp"

#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace guest;

namespace {

class LifetimeTest : public testing::TestWithParam<bool> {
protected:
    LifetimeTest()
        : region_(GetParam() ? region_options{.size = "32M", .phys_addr = reserved_base}
                             : region_options{.size = "32M"})
    {
    }

    void SetUp() override { ASSERT_EQ(region_.error(), 0); }

    region region_;
};

INSTANTIATE_TEST_SUITE_P(of, LifetimeTest, testing::Values(false, true),
                         [](const auto& kind) { return kind.param ? "reserved" : "pages"; });

TEST_P(LifetimeTest, an_open_region_cannot_be_destroyed)
{
    fd node = region_.open(O_RDONLY);
    EXPECT_EQ(counter(region_.name(), "open_count"), 1U);
    EXPECT_EQ(region_.destroy(), EBUSY);
    node.close();
    EXPECT_EQ(counter(region_.name(), "open_count"), 0U);
    EXPECT_EQ(region_.destroy(), 0);
}

TEST_P(LifetimeTest, a_mapped_region_cannot_be_destroyed)
{
    {
        const mapping map(region_.open(O_RDWR), page, PROT_READ | PROT_WRITE);
        ASSERT_TRUE(map.ok());
        map[0] = 1;
        EXPECT_EQ(region_.destroy(), EBUSY);
        EXPECT_EQ(map[0], 1);
    }
    EXPECT_EQ(region_.destroy(), 0);
}

TEST_P(LifetimeTest, two_mappings_live_and_die_apart)
{
    const mapping first(region_.open(O_RDWR), page, PROT_READ | PROT_WRITE);
    {
        const mapping second(region_.open(O_RDWR), page, PROT_READ | PROT_WRITE);
        second[5] = 99;
    }
    EXPECT_EQ(first[5], 99);
    EXPECT_EQ(region_.destroy(), EBUSY);
}

TEST_P(LifetimeTest, a_fork_keeps_the_mapping_and_the_region)
{
    const pid_t child = [&] {
        const mapping map(region_.open(O_RDWR), page, PROT_READ | PROT_WRITE);
        map[0] = 7;
        const pid_t pid = fork_child();
        if (pid == 0) {
            ::usleep(200'000);
            exit_child(map[0]);
        }
        return pid;
    }();
    EXPECT_EQ(region_.destroy(), EBUSY);
    EXPECT_EQ(wait_child(child), 7);
    EXPECT_EQ(region_.destroy(), 0);
}

TEST_P(LifetimeTest, an_fd_in_a_socket_keeps_the_region)
{
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fd left(ends[0]);
    fd right(ends[1]);
    {
        const fd node = region_.open(O_RDONLY);
        char byte = 'x';
        iovec data{&byte, 1};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        msghdr message = {};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof(control);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        *reinterpret_cast<int*>(CMSG_DATA(header)) = node;
        ASSERT_EQ(::sendmsg(left, &message, 0), 1);
    }
    EXPECT_EQ(region_.destroy(), EBUSY);
    left.close();
    right.close();
    EXPECT_EQ(region_.destroy(), 0);
}

TEST_P(LifetimeTest, exit_with_everything_open_leaves_nothing)
{
    EXPECT_EQ(in_child([&] {
                  const int node = region_.open(O_RDWR).release();
                  void* map =
                      ::mmap(nullptr, 32 * mib, PROT_READ | PROT_WRITE, MAP_SHARED, node, 0);
                  static_cast<char*>(map)[page] = 1;
                  return 0;
              }),
              0);
    EXPECT_EQ(region_.destroy(), 0);
}

TEST_P(LifetimeTest, a_page_in_a_pipe_outlives_its_file)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    fd out(ends[0]);
    fd in(ends[1]);
    {
        const fd node = region_.open(O_RDWR);
        ASSERT_EQ(::pwrite(node, "page", 4, 0), 4);
        loff_t position = 0;
        ASSERT_EQ(::splice(node, &position, in, nullptr, page, 0), static_cast<ssize_t>(page));
    }
    // Allocated pages are simply freed later; a range's struct pages cannot be.
    EXPECT_EQ(region_.destroy(), GetParam() ? EBUSY : 0);

    char text[4] = {};
    ASSERT_EQ(::read(out, text, 4), 4);
    EXPECT_EQ(std::string(text, 4), "page");
    in.close();
    out.close();
    if (GetParam()) {
        EXPECT_EQ(region_.destroy(), 0);
    }
}

TEST_P(LifetimeTest, a_saving_region_cannot_be_destroyed_and_kill_ends_the_save)
{
    const null_disk disk({.latency_ns = 50'000'000});
    const pid_t child = fork_child();
    if (child == 0) {
        const fd node = region_.open(O_RDONLY);
        const fd target(::open(disk.path().c_str(), O_WRONLY | O_DIRECT));
        memlane_transfer args = {};
        args.fd = target;
        args.length = 32 * mib;
        args.io_bytes = 64 * kib;
        args.depth = 2;
        exit_child(::ioctl(node, MEMLANE_IOC_SAVE, &args) == 0 ? 0 : 1);
    }
    ::usleep(300'000);
    EXPECT_EQ(region_.destroy(), EBUSY);
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_child(child), 128 + SIGKILL);
    EXPECT_EQ(region_.destroy(), 0);
    EXPECT_EQ(sh("dd if=/dev/zero of=" + disk.path() + " bs=4k count=1 oflag=direct status=none"),
              0);
}

TEST_P(LifetimeTest, opening_races_with_destruction_and_nobody_loses)
{
    for (int i = 0; i < 50; i++) {
        region victim({.size = "64K"});
        ASSERT_EQ(victim.error(), 0);
        std::thread opener([&] {
            for (int n = 0; n < 50; n++) {
                const fd node = victim.open(O_RDWR);
                if (node < 0) {
                    EXPECT_TRUE(errno == ENOENT || errno == ENODEV || errno == ENXIO) << errno;
                    continue;
                }
                EXPECT_EQ(::pwrite(node, "x", 1, 0), 1);
            }
        });
        int error = EBUSY;
        while (error == EBUSY) {
            error = victim.destroy();
        }
        EXPECT_EQ(error, 0);
        opener.join();
    }
}

/// @return 0 or the errno; not every rmmod tells by its exit status
int unload()
{
    return ::syscall(SYS_delete_module, "memlane", O_NONBLOCK) == 0 ? 0 : errno;
}

TEST(Unload, it_is_refused_while_regions_exist_or_are_open)
{
    {
        const region r;
        ASSERT_EQ(r.error(), 0);
        EXPECT_EQ(unload(), EWOULDBLOCK);
        const fd node = r.open(O_RDONLY);
        EXPECT_EQ(unload(), EWOULDBLOCK);
    }
    EXPECT_EQ(sh("test -d /sys/module/memlane"), 0);
}

} // namespace
