// SPDX-License-Identifier: GPL-2.0-or-later
/// The frame ring of a region: producer, consumer, and the ways to wait.
#include "ring_end.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

class RingTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        ASSERT_EQ(producer_.acquire(), 0);
    }

    region region_{ring_of()};
    ring_end producer_{region_};
    ring_end consumer_{region_, O_RDWR | O_NONBLOCK};
};

TEST_F(RingTest, frames_come_in_order_with_what_was_said_of_them)
{
    ASSERT_EQ(producer_.commit(0, 10, 1000, MEMLANE_FRAME_ERROR), 0);
    EXPECT_EQ(producer_.frame().sequence, 0U);
    EXPECT_EQ(producer_.frame().slot, 1U);
    ASSERT_EQ(producer_.commit(1, 4096, 2000), 0);

    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(consumer_.frame().slot, 0U);
    EXPECT_EQ(consumer_.frame().length, 10U);
    EXPECT_EQ(consumer_.frame().timestamp, 1000U);
    EXPECT_EQ(consumer_.frame().flags, MEMLANE_FRAME_ERROR);
    EXPECT_EQ(consumer_.frame().sequence, 0U);
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(consumer_.frame().slot, 1U);
    EXPECT_EQ(consumer_.frame().length, 4096U);
    EXPECT_EQ(consumer_.frame().sequence, 1U);
    EXPECT_EQ(consumer_.next(), EAGAIN);
}

TEST_F(RingTest, a_frame_without_a_timestamp_gets_the_time)
{
    const auto now = [] {
        timespec time = {};
        ::clock_gettime(CLOCK_MONOTONIC, &time);
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
               static_cast<std::uint64_t>(time.tv_nsec);
    };
    const std::uint64_t before = now();
    ASSERT_EQ(producer_.commit(), 0);
    const std::uint64_t after = now();
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_GE(consumer_.frame().timestamp, before);
    EXPECT_LE(consumer_.frame().timestamp, after);
}

TEST_F(RingTest, the_newest_is_dropped_and_the_gap_is_told)
{
    for (int i = 0; i < 6; ++i) { // 3 wait, 3 are dropped
        ASSERT_EQ(producer_.commit(), 0);
    }
    EXPECT_EQ(status_of(consumer_.fd()).dropped, 3U);
    for (std::uint64_t sequence = 0; sequence < 3; ++sequence) {
        ASSERT_EQ(consumer_.next(), 0);
        EXPECT_EQ(consumer_.frame().sequence, sequence);
        EXPECT_EQ(consumer_.frame().dropped, 0U);
    }
    ASSERT_EQ(consumer_.release(0), 0);
    ASSERT_EQ(producer_.commit(), 0);
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(consumer_.frame().sequence, 6U);
    EXPECT_EQ(consumer_.frame().dropped, 3U);
}

TEST_F(RingTest, the_oldest_is_dropped_and_the_gap_is_told)
{
    const region ring(ring_of("drop-oldest"));
    ring_end producer(ring);
    ring_end consumer(ring);
    ASSERT_EQ(producer.acquire(), 0);
    for (int i = 0; i < 6; ++i) {
        ASSERT_EQ(producer.commit(), 0);
    }
    ASSERT_EQ(consumer.next(), 0);
    EXPECT_EQ(consumer.frame().sequence, 3U);
    EXPECT_EQ(consumer.frame().dropped, 3U);
    EXPECT_EQ(status_of(producer.fd()).policy, MEMLANE_POLICY_DROP_OLDEST);
}

TEST_F(RingTest, what_the_consumer_holds_is_never_the_producers)
{
    for (const char* policy : {"drop-newest", "drop-oldest"}) {
        const region ring(ring_of(policy));
        ring_end producer(ring);
        ring_end consumer(ring);
        ASSERT_EQ(producer.acquire(), 0);
        ASSERT_EQ(producer.commit(), 0);
        ASSERT_EQ(consumer.next(), 0);
        for (int i = 0; i < 50; ++i) {
            ASSERT_EQ(producer.commit(), 0);
            EXPECT_NE(producer.frame().slot, consumer.frame().slot);
        }
    }
}

TEST_F(RingTest, slots_belong_to_one_at_a_time)
{
    EXPECT_EQ(producer_.commit(1), EINVAL) << "free";
    EXPECT_EQ(producer_.commit(4), EINVAL) << "none";
    EXPECT_EQ(producer_.commit(~0U), EINVAL);
    EXPECT_EQ(consumer_.release(0), EINVAL) << "the producer's";
    ASSERT_EQ(producer_.commit(0), 0);
    EXPECT_EQ(producer_.commit(0), EINVAL) << "waits";
    EXPECT_EQ(consumer_.release(0), EINVAL) << "waits";
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(producer_.commit(0), EINVAL) << "held";
    EXPECT_EQ(producer_.release(0), EINVAL) << "not the consumer";
    EXPECT_EQ(consumer_.release(0), 0);
    EXPECT_EQ(consumer_.release(0), EINVAL) << "twice";
}

TEST_F(RingTest, a_frame_longer_than_its_slot_is_einval)
{
    EXPECT_EQ(producer_.commit(0, 4097), EINVAL);
    EXPECT_EQ(producer_.commit(0, ~0U), EINVAL);
    EXPECT_EQ(producer_.commit(0, 0), 0);
    EXPECT_EQ(status_of(producer_.fd()).committed, 1U);
}

TEST_F(RingTest, there_is_one_producer_and_one_consumer)
{
    ring_end other(region_, O_RDWR | O_NONBLOCK);
    EXPECT_EQ(other.acquire(), EBUSY);
    EXPECT_EQ(other.commit(0), EINVAL);
    EXPECT_EQ(consumer_.next(), EAGAIN);
    EXPECT_EQ(other.next(), EBUSY);
    EXPECT_EQ(status_of(other.fd()).filling, 1U) << "observers may ask";
    consumer_.close();
    EXPECT_EQ(other.next(), EAGAIN);
    producer_.close();
    EXPECT_EQ(other.acquire(), 0);
}

TEST_F(RingTest, a_producer_takes_all_slots_but_one)
{
    EXPECT_EQ(producer_.acquire(), 0);
    EXPECT_EQ(producer_.acquire(), 0);
    EXPECT_EQ(producer_.acquire(), ENOBUFS);
    EXPECT_EQ(status_of(producer_.fd()).filling, 3U);
}

TEST_F(RingTest, no_slot_is_free_while_frames_wait)
{
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(producer_.commit(), 0);
    }
    EXPECT_EQ(producer_.acquire(), EAGAIN);
}

TEST_F(RingTest, slots_return_when_their_holder_is_gone)
{
    ASSERT_EQ(producer_.commit(), 0);
    const int status = in_child([&] {
        ring_end dying(region_);
        return dying.next() == 0 ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
    memlane_ring_status now = status_of(consumer_.fd());
    EXPECT_EQ(now.held, 0U);
    EXPECT_EQ(now.delivered, 1U);
    producer_.close();
    now = status_of(consumer_.fd());
    EXPECT_EQ(now.filling, 0U);
}

TEST_F(RingTest, modes_of_the_file_count)
{
    ring_end reader(region_, O_RDONLY | O_NONBLOCK);
    EXPECT_EQ(reader.acquire(), EBADF);
    EXPECT_EQ(reader.commit(0), EBADF);
    EXPECT_EQ(reader.next(), EAGAIN);
    ring_end writer(region_, O_WRONLY);
    EXPECT_EQ(writer.next(), EBADF);
    EXPECT_EQ(writer.release(0), EBADF);
}

TEST_F(RingTest, dirty_words_are_einval)
{
    const auto refuses = [&](unsigned long request, auto&& change) {
        memlane_frame frame = {};
        change(frame);
        return error_of(producer_.fd(), request, &frame) == EINVAL;
    };
    for (const unsigned long request :
         {MEMLANE_IOC_ACQUIRE, MEMLANE_IOC_COMMIT, MEMLANE_IOC_NEXT, MEMLANE_IOC_RELEASE}) {
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.flags = 4; }));
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.dropped = 1; }));
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.sequence = 1; }));
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.reserved[1] = 1; }));
        EXPECT_EQ(error_of(producer_.fd(), request, nullptr), EFAULT);
    }
    for (const unsigned long request :
         {MEMLANE_IOC_ACQUIRE, MEMLANE_IOC_NEXT, MEMLANE_IOC_RELEASE}) {
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.flags = MEMLANE_FRAME_ERROR; }));
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.length = 1; }));
        EXPECT_TRUE(refuses(request, [](auto& frame) { frame.timestamp = 1; }));
    }
    memlane_ring_status status = {};
    status.reserved[2] = 1;
    EXPECT_EQ(error_of(producer_.fd(), MEMLANE_IOC_RING_STATUS, &status), EINVAL);
    EXPECT_EQ(status_of(producer_.fd()).committed, 0U);
}

TEST_F(RingTest, a_result_that_cannot_be_stored_loses_no_frame)
{
    ASSERT_EQ(producer_.commit(), 0);
    const mapping read_only(producer_.fd(), page, PROT_READ, 3 * page);
    ASSERT_TRUE(read_only.ok());
    for (const unsigned long request :
         {MEMLANE_IOC_ACQUIRE, MEMLANE_IOC_COMMIT, MEMLANE_IOC_NEXT}) {
        EXPECT_EQ(error_of(producer_.fd(), request, read_only.bytes().data()), EFAULT);
    }
    const memlane_ring_status now = status_of(producer_.fd());
    EXPECT_EQ(now.committed, 1U);
    EXPECT_EQ(now.waiting, 1U);
    EXPECT_EQ(now.filling, 1U);
    EXPECT_EQ(now.held, 0U);
}

// Many at once

TEST(RingBatch, takes_what_waits_and_what_there_is_room_for)
{
    const region ring(ring_of("drop-newest", "256K")); // more than the kernel copies at a time
    ring_end producer(ring);
    ring_end consumer(ring, O_RDWR | O_NONBLOCK);
    ASSERT_EQ(producer.acquire(), 0);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(producer.commit(), 0);
    }
    std::vector<memlane_frame> some(40);
    ASSERT_EQ(consumer.next_many(some), 0);
    ASSERT_EQ(some.size(), 40U);
    std::vector<memlane_frame> rest(40);
    ASSERT_EQ(consumer.next_many(rest), 0);
    ASSERT_EQ(rest.size(), 20U);
    some.insert(some.end(), rest.begin(), rest.end());
    for (std::uint32_t i = 0; i < some.size(); ++i) {
        EXPECT_EQ(some[i].sequence, i);
        EXPECT_EQ(some[i].slot, i);
        EXPECT_EQ(some[i].length, 100U);
    }
    rest.resize(1);
    EXPECT_EQ(consumer.next_many(rest), EAGAIN);
    EXPECT_EQ(status_of(consumer.fd()).held, 60U);
    EXPECT_EQ(consumer.release_run(0, 60), 0);
    EXPECT_EQ(status_of(consumer.fd()).held, 0U);
}

TEST_F(RingTest, a_batch_waits_for_its_first_frame_only)
{
    ring_end waiting(region_);
    std::thread late([&] {
        std::this_thread::sleep_for(50ms);
        EXPECT_EQ(producer_.commit(), 0);
    });
    std::vector<memlane_frame> frames(10);
    EXPECT_EQ(waiting.next_many(frames), 0);
    EXPECT_EQ(frames.size(), 1U);
    late.join();
}

TEST_F(RingTest, a_run_is_released_as_a_whole_or_not_at_all)
{
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(producer_.commit(), 0);
        ASSERT_EQ(consumer_.next(), 0);
    }
    EXPECT_EQ(consumer_.release_run(0, 4), EINVAL) << "the producer fills the fourth";
    EXPECT_EQ(consumer_.release_run(1, 4), EINVAL) << "past the last";
    EXPECT_EQ(producer_.release_run(0, 3), EINVAL) << "not the consumer";
    EXPECT_EQ(status_of(consumer_.fd()).held, 3U);
    EXPECT_EQ(consumer_.release_run(1, 2), 0);
    EXPECT_EQ(consumer_.release_run(0, 2), EINVAL);
    EXPECT_EQ(consumer_.release_run(0, 1), 0);
    EXPECT_EQ(status_of(consumer_.fd()).held, 0U);
}

TEST_F(RingTest, refuses_batches_that_cannot_be)
{
    std::vector<memlane_frame> none;
    std::vector<memlane_frame> too_many(MEMLANE_FRAMES_MAX + 1);
    EXPECT_EQ(consumer_.next_many(none), EINVAL);
    EXPECT_EQ(consumer_.next_many(too_many), EINVAL);
    EXPECT_EQ(consumer_.release_run(0, 0), EINVAL);
    EXPECT_EQ(consumer_.release_run(~0U, 2), EINVAL);
    EXPECT_EQ(consumer_.release_run(0, MEMLANE_FRAMES_MAX + 1), EINVAL);
    EXPECT_EQ(consumer_.set_policy(2), EINVAL);

    memlane_frames many = {.flags = 1, .count = 1};
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_NEXT_MANY, &many), EINVAL);
    many = {.count = 1};
    many.reserved[1] = 1;
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_NEXT_MANY, &many), EINVAL);
    memlane_slot_run run = {.count = 1, .reserved = 1};
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_RELEASE_RUN, &run), EINVAL);
    run = {.flags = 1, .count = 1};
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_RELEASE_RUN, &run), EINVAL);
    memlane_ring_policy policy = {.flags = 1};
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_POLICY, &policy), EINVAL);
    policy = {};
    policy.reserved[1] = 1;
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_POLICY, &policy), EINVAL);

    ring_end writer(region_, O_WRONLY);
    std::vector<memlane_frame> one(1);
    EXPECT_EQ(writer.next_many(one), EBADF);
    EXPECT_EQ(writer.release_run(0, 1), EBADF);
    EXPECT_EQ(writer.set_policy(0), EBADF);
}

TEST_F(RingTest, a_batch_that_cannot_be_stored_loses_no_frame)
{
    ASSERT_EQ(producer_.commit(), 0);
    const mapping read_only(producer_.fd(), page, PROT_READ, 3 * page);
    for (const std::uintptr_t address : {reinterpret_cast<std::uintptr_t>(read_only.bytes().data()),
                                         std::uintptr_t{1}, ~std::uintptr_t{0} - page}) {
        memlane_frames many = {.count = 4, .frames = address};
        EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_NEXT_MANY, &many), EFAULT);
    }
    memlane_frames many = {.count = 4, .frames = ~0ULL};
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_NEXT_MANY, &many), EFAULT);
    EXPECT_EQ(error_of(consumer_.fd(), MEMLANE_IOC_NEXT_MANY, read_only.bytes().data()), EINVAL);
    EXPECT_EQ(status_of(consumer_.fd()).waiting, 1U);
}

TEST_F(RingTest, the_consumer_may_want_other_frames_dropped)
{
    const auto first_of_five = [&] {
        for (int i = 0; i < 5; ++i) {
            EXPECT_EQ(producer_.commit(), 0);
        }
        EXPECT_EQ(consumer_.next(), 0);
        return consumer_.frame().sequence;
    };
    ASSERT_EQ(consumer_.set_policy(MEMLANE_POLICY_DROP_OLDEST), 0);
    ring_end other(region_);
    EXPECT_EQ(other.set_policy(MEMLANE_POLICY_DROP_NEWEST), EBUSY);
    EXPECT_EQ(first_of_five(), 2U);
    EXPECT_EQ(status_of(consumer_.fd()).policy, MEMLANE_POLICY_DROP_OLDEST);
    consumer_.close();
    EXPECT_EQ(status_of(producer_.fd()).policy, MEMLANE_POLICY_DROP_NEWEST) << "the region's own";
}

TEST(RingConfig, refuses_slots_that_cannot_be)
{
    const auto error = [](const std::string& slot_size, const std::string& size) {
        return region({.size = size, .attributes = {{"slot_size", slot_size}}}).error();
    };
    EXPECT_EQ(error("100", "64K"), EINVAL) << "no pages";
    EXPECT_EQ(error("64K", "64K"), EINVAL) << "one slot";
    EXPECT_EQ(error("4G", "64K"), EINVAL);
    EXPECT_EQ(error("0x100000000000", "64K"), EINVAL);
    EXPECT_EQ(error("12K", "64K"), 0) << "what is left over is left alone";
    EXPECT_EQ(region(ring_of("drop")).error(), EINVAL);
    region screen({.size = "", .attributes = {{"geometry", "64x64"}, {"slot_size", "4K"}}});
    EXPECT_EQ(screen.error(), EINVAL);
}

TEST(RingConfig, a_region_without_slots_has_no_frames)
{
    const region plain;
    ring_end node(plain);
    EXPECT_EQ(node.acquire(), EOPNOTSUPP);
    EXPECT_EQ(node.next(), EOPNOTSUPP);
    pollfd event = {.fd = node.fd(), .events = POLLIN | POLLOUT, .revents = 0};
    EXPECT_EQ(::poll(&event, 1, 0), 1);
    EXPECT_EQ(event.revents, POLLIN | POLLOUT);
}

TEST_F(RingTest, sysfs_tells_the_same_as_the_status)
{
    ASSERT_EQ(producer_.commit(), 0);
    ASSERT_EQ(producer_.commit(), 0);
    ASSERT_EQ(consumer_.next(), 0);
    const std::string base = "/sys/class/memlane/" + region_.name() + "/";
    EXPECT_EQ(read_line(base + "ring"), "2 1 0 1 1 1");
    EXPECT_EQ(read_line(base + "slots"), "4");
    EXPECT_EQ(read_line(base + "slot_size"), "4096");
    EXPECT_EQ(read_line(base + "policy"), "drop-newest");
}

// Waiting

TEST_F(RingTest, next_waits_for_a_frame)
{
    ring_end waiting(region_);
    std::thread late([&] {
        std::this_thread::sleep_for(50ms);
        EXPECT_EQ(producer_.commit(), 0);
    });
    EXPECT_EQ(waiting.next(), 0);
    EXPECT_EQ(waiting.frame().sequence, 0U);
    late.join();
}

TEST_F(RingTest, next_stops_waiting_for_a_signal)
{
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGALRM, &action, nullptr), 0);
    ::ualarm(50'000, 0);
    ring_end waiting(region_);
    EXPECT_EQ(waiting.next(), EINTR);
    EXPECT_EQ(status_of(waiting.fd()).held, 0U);
}

TEST_F(RingTest, poll_and_select_tell_that_a_frame_waits)
{
    pollfd event = {.fd = consumer_.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&event, 1, 0), 0);
    ASSERT_EQ(producer_.commit(), 0);
    EXPECT_EQ(::poll(&event, 1, 0), 1);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(consumer_.fd(), &set);
    timeval at_once = {};
    EXPECT_EQ(::select(consumer_.fd() + 1, &set, nullptr, nullptr, &at_once), 1);
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(::poll(&event, 1, 0), 0);
    ASSERT_EQ(producer_.commit(), 0);
    pollfd other = {.fd = producer_.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&other, 1, 0), 0) << "not for who is not the consumer";
}

TEST_F(RingTest, epoll_tells_by_level_and_by_edge)
{
    const fd level(::epoll_create1(EPOLL_CLOEXEC));
    const fd edge(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event wanted = {.events = EPOLLIN, .data = {}};
    ASSERT_EQ(::epoll_ctl(level, EPOLL_CTL_ADD, consumer_.fd(), &wanted), 0);
    wanted.events = EPOLLIN | EPOLLET;
    ASSERT_EQ(::epoll_ctl(edge, EPOLL_CTL_ADD, consumer_.fd(), &wanted), 0);
    const auto count = [](int epoll) {
        epoll_event event = {};
        return ::epoll_wait(epoll, &event, 1, 0);
    };
    EXPECT_EQ(count(level), 0);
    ASSERT_EQ(producer_.commit(), 0);
    EXPECT_EQ(count(level), 1);
    EXPECT_EQ(count(level), 1);
    EXPECT_EQ(count(edge), 1);
    EXPECT_EQ(count(edge), 0);
    ASSERT_EQ(consumer_.next(), 0);
    EXPECT_EQ(count(level), 0);
    ASSERT_EQ(producer_.commit(), 0);
    EXPECT_EQ(count(edge), 1) << "a first frame waits again";
}

TEST_F(RingTest, a_signal_tells_which_descriptor_has_a_frame)
{
    static std::atomic<int> told_fd;
    told_fd = -1;
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t* info, void*) { told_fd = info->si_fd; };
    const int number = SIGRTMIN + 1;
    ASSERT_EQ(::sigaction(number, &action, nullptr), 0);
    ASSERT_EQ(::fcntl(consumer_.fd(), F_SETOWN, ::getpid()), 0);
    ASSERT_EQ(::fcntl(consumer_.fd(), F_SETSIG, number), 0);
    ASSERT_EQ(::fcntl(consumer_.fd(), F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC), 0);
    ASSERT_EQ(producer_.commit(), 0);
    for (int i = 0; i < 100 && told_fd < 0; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(told_fd, consumer_.fd());
}

TEST_F(RingTest, no_wake_up_is_lost_and_every_frame_is_accounted_for)
{
    constexpr std::uint64_t frames = 200'000;
    ring_end consumer(region_);
    std::thread producing([&] {
        for (std::uint64_t i = 0; i < frames; ++i) {
            ASSERT_EQ(producer_.commit(), 0);
        }
        // The last one must not be dropped: it is what ends the consumer.
        while (status_of(producer_.fd()).waiting > 0) {
            std::this_thread::yield();
        }
        ASSERT_EQ(producer_.commit(), 0);
    });
    std::uint64_t seen = 0;
    std::uint64_t dropped = 0;
    do {
        ASSERT_EQ(consumer.next(), 0);
        ++seen;
        dropped += consumer.frame().dropped;
        ASSERT_EQ(consumer.frame().sequence, seen + dropped - 1);
        ASSERT_EQ(consumer.release(consumer.frame().slot), 0);
    } while (seen + dropped <= frames);
    producing.join();
    const memlane_ring_status end = status_of(consumer.fd());
    EXPECT_EQ(end.committed, frames + 1);
    EXPECT_EQ(end.delivered, seen);
    EXPECT_EQ(end.dropped, dropped);
}

} // namespace
