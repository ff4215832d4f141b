// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits for a signal. F_SETSIG chooses a real-time one, which tells the
// descriptor and is queued; sigwaitinfo(2) takes it without a handler.
#include <csignal>

#include "frames.hpp"

namespace {

/** @return the signals to wait for, which are blocked from now on. */
sigset_t block_signals(int chosen)
{
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, chosen);
    ::sigaddset(&set, SIGIO); // comes instead when the queue is full
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    return set;
}

void want_signal(int device, int chosen)
{
    sample::expect(::fcntl(device, F_SETOWN, ::getpid()) == 0, "signals have an owner");
    sample::expect(::fcntl(device, F_SETSIG, chosen) == 0, "the signal can be chosen");
    const int flags = ::fcntl(device, F_GETFL);
    sample::expect(::fcntl(device, F_SETFL, flags | O_ASYNC) == 0, "the device sends signals");
}

} // namespace

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv, O_NONBLOCK);
    const int chosen = SIGRTMIN;
    const sigset_t set = block_signals(chosen);
    want_signal(frames.device(), chosen);

    // What waited before no signal tells of.
    frames.handle_all();
    while (!frames.has_enough()) {
        siginfo_t info = {};
        const int number = ::sigwaitinfo(&set, &info);
        sample::expect(number == SIGIO || (number == chosen && info.si_fd == frames.device() &&
                                           info.si_code == POLL_IN),
                       "the signal tells which descriptor has a frame");
        frames.count_wake_up();
        frames.handle_all();
    }
    frames.report();
}
