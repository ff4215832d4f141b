// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_SUPPORT_LIMITS_HPP
#define MEMLANE_TESTS_SUPPORT_LIMITS_HPP

#include <csignal>

#include <sys/resource.h>

namespace guest {

/// A limit of this process, lifted at scope end.
class limit {
public:
    limit(__rlimit_resource resource, rlim_t value) : resource_(resource)
    {
        ::getrlimit(resource_, &before_);
        const rlimit lowered = {value, before_.rlim_max};
        ::setrlimit(resource_, &lowered);
    }
    limit(const limit&) = delete;
    limit& operator=(const limit&) = delete;
    ~limit() { ::setrlimit(resource_, &before_); }

private:
    __rlimit_resource resource_;
    rlimit before_ = {};
};

/// Files may grow to some bytes; beyond, writes fail with EFBIG.
class file_size_limit final {
public:
    explicit file_size_limit(rlim_t bytes)
        : handler_(std::signal(SIGXFSZ, SIG_IGN)), limit_(RLIMIT_FSIZE, bytes)
    {
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;
    ~file_size_limit() { std::signal(SIGXFSZ, handler_); }

private:
    sighandler_t handler_;
    limit limit_;
};

} // namespace guest

#endif
