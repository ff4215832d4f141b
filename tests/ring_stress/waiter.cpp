// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiter.hpp"

#include "guest.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <stdexcept>

#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

namespace guest {

namespace {

void require(bool is_so, const char* what)
{
    if (!is_so) {
        throw std::runtime_error(what);
    }
}

/// For NEXT that does not sleep, or came back because another is the consumer.
class pacing final : public waiter {
public:
    void wait() override
    {
        const timespec beat = {.tv_sec = 0, .tv_nsec = 100'000};
        ::nanosleep(&beat, nullptr);
    }
};

class polling final : public waiter {
public:
    explicit polling(int fd) : event_{.fd = fd, .events = POLLIN, .revents = 0} {}
    void wait() override { ::poll(&event_, 1, -1); }

private:
    pollfd event_;
};

class selecting final : public waiter {
public:
    explicit selecting(int fd) : fd_(fd) {}
    void wait() override
    {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(fd_, &set);
        ::select(fd_ + 1, &set, nullptr, nullptr, nullptr);
    }

private:
    int fd_;
};

class epolling final : public waiter {
public:
    epolling(int fd, std::uint32_t events) : epoll_(::epoll_create1(EPOLL_CLOEXEC))
    {
        epoll_event wanted = {};
        wanted.events = events;
        require(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0, "epoll_ctl");
    }
    void wait() override
    {
        epoll_event event = {};
        ::epoll_wait(epoll_, &event, 1, -1);
    }

private:
    fd epoll_;
};

sigset_t waiters_signals()
{
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGRTMIN);
    ::sigaddset(&set, SIGIO); // comes instead when the queue is full
    return set;
}

class signalled final : public waiter {
public:
    explicit signalled(int fd)
    {
        const f_owner_ex owner = {.type = F_OWNER_TID, .pid = ::gettid()};
        require(::fcntl(fd, F_SETOWN_EX, &owner) == 0, "F_SETOWN_EX");
        require(::fcntl(fd, F_SETSIG, SIGRTMIN) == 0, "F_SETSIG");
        require(::fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC) == 0, "O_ASYNC");
    }
    void wait() override { ::sigwaitinfo(&set_, nullptr); }

private:
    sigset_t set_ = waiters_signals();
};

class multishot final : public waiter {
public:
    explicit multishot(int fd) : fd_(fd)
    {
        require(::io_uring_queue_init(8, &ring_, 0) == 0, "io_uring_queue_init");
        arm();
    }
    multishot(const multishot&) = delete;
    multishot& operator=(const multishot&) = delete;
    ~multishot() override { ::io_uring_queue_exit(&ring_); }

    void wait() override
    {
        io_uring_cqe* cqe = nullptr;
        if (::io_uring_wait_cqe(&ring_, &cqe) != 0) {
            return; // a signal
        }
        require(cqe->res > 0, "IORING_OP_POLL_ADD");
        const bool is_over = (cqe->flags & IORING_CQE_F_MORE) == 0;
        ::io_uring_cqe_seen(&ring_, cqe);
        if (is_over) {
            arm();
        }
    }

private:
    void arm()
    {
        ::io_uring_prep_poll_multishot(::io_uring_get_sqe(&ring_), fd_, POLLIN);
        require(::io_uring_submit(&ring_) == 1, "io_uring_submit");
    }

    int fd_;
    ::io_uring ring_ = {};
};

} // namespace

int open_flags(io_model model)
{
    const bool sleeps_itself = model == io_model::blocking || model == io_model::batches;
    return sleeps_itself ? 0 : O_NONBLOCK;
}

std::unique_ptr<waiter> make_waiter(io_model model, int fd)
{
    switch (model) {
    case io_model::blocking:
    case io_model::batches:
    case io_model::nonblocking:
        return std::make_unique<pacing>();
    case io_model::poll:
        return std::make_unique<polling>(fd);
    case io_model::select:
        return std::make_unique<selecting>(fd);
    case io_model::epoll_level:
        return std::make_unique<epolling>(fd, EPOLLIN);
    case io_model::epoll_edge:
        return std::make_unique<epolling>(fd, EPOLLIN | EPOLLET);
    case io_model::sigio:
        return std::make_unique<signalled>(fd);
    case io_model::io_uring:
        return std::make_unique<multishot>(fd);
    }
    throw std::runtime_error("no such model");
}

void block_waiters_signals()
{
    const sigset_t set = waiters_signals();
    require(::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0, "pthread_sigmask");
}

} // namespace guest
