// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_SIGNALS_BLOCKED_HPP
#define MEMLANE_LIB_SIGNALS_BLOCKED_HPP

#include <csignal>

namespace memlane::detail {

/**
 * Of threads that are made while one exists: signals that handlers act on go
 * to the caller's thread, which looks at the stop flag.
 */
class signals_blocked final {
public:
    signals_blocked()
    {
        sigset_t all;
        ::sigfillset(&all);
        for (const int fault : {SIGBUS, SIGSEGV, SIGFPE, SIGILL}) {
            ::sigdelset(&all, fault);
        }
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_ = {};
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_SIGNALS_BLOCKED_HPP
