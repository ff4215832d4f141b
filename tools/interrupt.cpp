// SPDX-License-Identifier: GPL-2.0-or-later
#include "interrupt.hpp"

#include <sys/time.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace memlane::tool {

namespace {

// All a signal handler can reach is what is static.
std::atomic<bool> stop_flag = false;
std::atomic<int> signal_number = 0;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

constexpr int nudge_microseconds = 100'000;

void on_nudge(int /*number*/) {}

/**
 * A signal between the look at the flag and a long system call would be lost,
 * so a timer goes on interrupting until the transfer has noticed.
 */
void on_signal(int number)
{
    const int saved = errno;
    signal_number = number;
    stop_flag = true;
    const itimerval nudges = {.it_interval = {.tv_sec = 0, .tv_usec = nudge_microseconds},
                              .it_value = {.tv_sec = 0, .tv_usec = nudge_microseconds}};
    ::setitimer(ITIMER_REAL, &nudges, nullptr);
    errno = saved;
}

bool is_ignored(int number)
{
    struct sigaction now = {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/** Without SA_RESTART: the system call that sleeps is to come back. */
void handle(int number, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigaction(number, &action, nullptr);
}

} // namespace

const std::atomic<bool>& catch_interrupts()
{
    handle(SIGALRM, on_nudge);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(number)) {
            handle(number, on_signal);
        }
    }
    return stop_flag;
}

int interrupted_by() noexcept
{
    return signal_number;
}

bool ended_on_request() noexcept
{
    return signal_number == SIGINT || signal_number == SIGTERM;
}

} // namespace memlane::tool
