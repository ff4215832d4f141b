// SPDX-License-Identifier: GPL-2.0-or-later
/// What becomes of a node between the moment when it is seen and the moment when it
/// works: nobody who waits for it, by whatever means, is sent away.
#include "framebuffer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <functional>
#include <future>
#include <map>
#include <sstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace guest;

namespace {

/// How often each error was seen, in words.
using tally = std::map<std::string, int>;

int open_error(const std::string& path)
{
    const fd node(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    return node < 0 ? errno : 0;
}

/// Opens until it is there. @return 0, or the first errno other than that it is not
int open_when_there(const std::string& path, const std::atomic<bool>& stop)
{
    int error = ENOENT;
    while (error == ENOENT && !stop) {
        error = open_error(path);
    }
    return error;
}

/// Makes @p times regions, one after the other, while somebody tries to open
/// @p path, which is there as long as the region is.
tally spin_on(const std::function<std::string(const std::string& name)>& path,
              const region_options& options, int times)
{
    tally errors;
    for (int i = 0; i < times; ++i) {
        const std::string name = region::unique_name();
        std::atomic<bool> stop = false;
        auto opened = std::async(std::launch::async, open_when_there, path(name), std::cref(stop));
        const region made(options, name);
        EXPECT_EQ(made.error(), 0);
        if (opened.wait_for(std::chrono::seconds(5)) != std::future_status::ready) {
            stop = true;
        }
        const int error = opened.get();
        if (error != 0) {
            ++errors[std::strerror(error)];
        }
    }
    return errors;
}

std::string node_of(const std::string& name)
{
    return "/dev/memlane/" + name;
}

const region_options small_screen = {.size = "", .attributes = {{"geometry", "64x64"}}};

TEST(Publish, a_node_that_is_seen_can_be_opened)
{
    EXPECT_EQ(spin_on(node_of, {.size = "64K"}, 200), tally{});
}

TEST(Publish, a_screens_node_that_is_seen_can_be_opened)
{
    EXPECT_EQ(spin_on(node_of, small_screen, 50), tally{});
}

TEST(Publish, a_framebuffer_that_is_seen_can_be_opened)
{
    // Each gets the lowest number that is free.
    const std::string node = framebuffer({.geometry = "64x64"}).node();
    ASSERT_NE(node, "");
    EXPECT_EQ(spin_on([&](const std::string&) { return node; }, small_screen, 50), tally{});
}

/// Tells what the kernel tells udev.
class uevents {
public:
    uevents() : socket_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT))
    {
        sockaddr_nl address = {};
        address.nl_family = AF_NETLINK;
        address.nl_groups = 1;
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    }

    /// Waits for a device to be added. @return its file in /dev, or nothing for another event
    std::string next_added()
    {
        std::array<char, 8192> text = {};
        const ssize_t length = ::recv(socket_, text.data(), text.size() - 1, 0);
        std::string action;
        std::string name;
        std::istringstream fields(
            std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))));
        for (std::string field; std::getline(fields, field, '\0');) {
            if (field.starts_with("ACTION=")) {
                action = field.substr(7);
            } else if (field.starts_with("DEVNAME=")) {
                name = field.substr(8);
            }
        }
        return action == "add" && !name.empty() ? "/dev/" + name : "";
    }

private:
    fd socket_;
};

TEST(Publish, whoever_opens_upon_a_uevent_gets_in)
{
    constexpr int times = 50;
    uevents events;
    tally errors;
    std::thread listener([&] {
        for (int seen = 0; seen < 2 * times;) {
            const std::string path = events.next_added();
            const bool is_screen = path.starts_with("/dev/fb");
            if (!is_screen && !path.starts_with("/dev/memlane/")) {
                continue;
            }
            const int error = open_error(path);
            // A region may be gone before its event is read.
            if (error != 0 && error != ENOENT) {
                ++errors[path + ": " + std::strerror(error)];
            }
            ++seen;
        }
    });
    for (int i = 0; i < times; ++i) {
        region made(small_screen);
        EXPECT_EQ(made.error(), 0);
        ::usleep(20'000);
        while (made.destroy() == EBUSY) {
            ::usleep(1000);
        }
    }
    listener.join();
    EXPECT_EQ(errors, tally{});
}

TEST(Publish, whoever_opens_upon_inotify_gets_in)
{
    constexpr int times = 50;
    const region keeps_the_folder({.size = "64K"});
    const fd watch(::inotify_init1(IN_CLOEXEC));
    ASSERT_GE(::inotify_add_watch(watch, "/dev/memlane", IN_CREATE), 0);
    tally errors;
    std::thread listener([&] {
        for (int seen = 0; seen < times;) {
            alignas(inotify_event) std::array<char, 4096> buffer = {};
            // Room for one event and no more.
            ASSERT_GT(::read(watch, buffer.data(), sizeof(inotify_event) + NAME_MAX + 1), 0);
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data());
            const int error = open_error(std::string("/dev/memlane/") + event->name);
            if (error != 0 && error != ENOENT) {
                ++errors[std::strerror(error)];
            }
            ++seen;
        }
    });
    for (int i = 0; i < times; ++i) {
        region made(small_screen);
        EXPECT_EQ(made.error(), 0);
        ::usleep(20'000);
        while (made.destroy() == EBUSY) {
            ::usleep(1000);
        }
    }
    listener.join();
    EXPECT_EQ(errors, tally{});
}

} // namespace
