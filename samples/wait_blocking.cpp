// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits for frames by asking for them: without O_NONBLOCK, NEXT sleeps until
// there is one.
#include <sys/resource.h>

#include "frames.hpp"

namespace {

/** @return how often this process has gone to sleep. */
long sleeps()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}

} // namespace

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv);
    const long before = sleeps();
    while (!frames.has_enough()) {
        frames.handle_one();
    }
    for (long i = before; i < sleeps(); ++i) {
        frames.count_wake_up();
    }
    frames.report();
}
