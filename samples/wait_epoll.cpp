// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits by epoll(7): for the first half of the frames by level, which tells as
// long as a frame waits; for the others by edge, which tells once when a first
// one does. After an edge, take frames until EAGAIN, or sleep for ever.
#include <sys/epoll.h>

#include "frames.hpp"

namespace {

int watch(int device, std::uint32_t events)
{
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event wanted = {};
    wanted.events = events;
    sample::expect(::epoll_ctl(epoll, EPOLL_CTL_ADD, device, &wanted) == 0,
                   "epoll takes the device");
    return epoll;
}

void wait(int epoll)
{
    epoll_event event = {};
    sample::expect(::epoll_wait(epoll, &event, 1, -1) == 1 && (event.events & EPOLLIN) != 0,
                   "epoll tells of a frame");
}

} // namespace

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv, O_NONBLOCK);
    const std::uint64_t half = std::strtoull(argv[2], nullptr, 10) / 2;

    const int level = watch(frames.device(), EPOLLIN);
    for (std::uint64_t i = 0; i < half; ++i) {
        wait(level);
        frames.count_wake_up();
        frames.handle_one(); // one is enough: level tells of those that are left
    }
    ::close(level);

    // If frames wait already, that counts as an edge.
    const int edge = watch(frames.device(), EPOLLIN | EPOLLET);
    while (!frames.has_enough()) {
        wait(edge);
        frames.count_wake_up();
        frames.handle_all();
    }
    frames.report();
}
