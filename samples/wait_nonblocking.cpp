// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits for nothing: it looks every 5 ms, as a program does that has a beat of
// its own. With O_NONBLOCK, NEXT returns at once; EAGAIN says that none waits.
#include <ctime>

#include "frames.hpp"

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv, O_NONBLOCK);
    const timespec beat = {.tv_sec = 0, .tv_nsec = 5'000'000};
    for (;;) {
        frames.handle_all();
        if (frames.has_enough()) {
            break;
        }
        // Here is time for what else the program has to do.
        ::nanosleep(&beat, nullptr);
        frames.count_wake_up();
    }
    frames.report();
}
