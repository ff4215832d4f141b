// SPDX-License-Identifier: GPL-2.0-or-later
/// Who becomes the consumer of a ring after another: is told of frames that wait
/// already, which no commit will tell of.
#include "ring_end.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include <poll.h>
#include <sys/epoll.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

class Heir : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(producer_.acquire(), 0);
        ASSERT_EQ(producer_.commit(), 0);
        ASSERT_EQ(producer_.commit(), 0);
        ASSERT_EQ(consumer_.next(), 0);
    }

    region ring_{ring_of()};
    ring_end producer_{ring_};
    ring_end consumer_{ring_, O_RDWR | O_NONBLOCK};
    ring_end heir_{ring_, O_RDWR | O_NONBLOCK};
};

TEST_F(Heir, is_woken_by_poll_when_the_consumer_leaves)
{
    std::thread late([&] {
        std::this_thread::sleep_for(100ms);
        consumer_.close();
    });
    pollfd event = {.fd = heir_.fd(), .events = POLLIN, .revents = 0};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(::poll(&event, 1, 5000), 1);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4s) << "poll looks when time is up, too";
    late.join();
    EXPECT_EQ(heir_.next(), 0);
    EXPECT_EQ(heir_.frame().sequence, 1U);
}

TEST_F(Heir, has_an_edge_when_the_consumer_leaves)
{
    const fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {}};
    ASSERT_EQ(::epoll_ctl(epoll, EPOLL_CTL_ADD, heir_.fd(), &event), 0);
    EXPECT_EQ(::epoll_wait(epoll, &event, 1, 0), 0);
    consumer_.close();
    EXPECT_EQ(::epoll_wait(epoll, &event, 1, 5000), 1);
}

TEST_F(Heir, gets_a_signal_when_the_consumer_leaves)
{
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGIO);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &set, nullptr), 0);
    ASSERT_EQ(::fcntl(heir_.fd(), F_SETOWN, ::getpid()), 0);
    ASSERT_EQ(::fcntl(heir_.fd(), F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC), 0);
    consumer_.close();
    const timespec limit = {.tv_sec = 5, .tv_nsec = 0};
    EXPECT_EQ(::sigtimedwait(&set, nullptr, &limit), SIGIO);
}

} // namespace
