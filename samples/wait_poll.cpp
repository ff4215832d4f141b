// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits by poll(2) and by select(2), in turns: both sleep until a frame waits,
// and tell again and again as long as one does.
#include <poll.h>
#include <sys/select.h>

#include "frames.hpp"

namespace {

void wait_by_poll(int device)
{
    pollfd event = {.fd = device, .events = POLLIN, .revents = 0};
    sample::expect(::poll(&event, 1, -1) == 1 && event.revents == POLLIN, "poll tells of a frame");
}

void wait_by_select(int device)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(device, &set);
    sample::expect(::select(device + 1, &set, nullptr, nullptr, nullptr) == 1 &&
                       FD_ISSET(device, &set),
                   "select tells of a frame");
}

} // namespace

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv, O_NONBLOCK);
    for (bool by_poll = true; !frames.has_enough(); by_poll = !by_poll) {
        (by_poll ? wait_by_poll : wait_by_select)(frames.device());
        frames.count_wake_up();
        frames.handle_all();
    }
    frames.report();
}
