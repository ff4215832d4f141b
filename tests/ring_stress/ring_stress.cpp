// SPDX-License-Identifier: GPL-2.0-or-later
#include "ring_stress.hpp"

#include "ring_end.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>

namespace guest {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr int nudge = SIGUSR1;
constexpr std::size_t batch = 16;
/// Slots that a producer has at most.
constexpr std::size_t most_in_hand = 3;

/// What the threads share.
struct arena {
    explicit arena(const stress_plan& wanted)
        : plan(wanted), ring(ring_of(wanted.policy, std::to_string(wanted.slots * page))),
          observer(ring, O_RDWR), memory(observer.fd(), wanted.slots * page, PROT_READ | PROT_WRITE)
    {
    }

    [[nodiscard]] std::uint64_t* word_of(std::uint32_t slot) const
    {
        return reinterpret_cast<std::uint64_t*>(&memory[slot * page]);
    }

    /// Ends the test. Only the first trouble counts.
    void fail(const std::string& what)
    {
        const std::lock_guard hold(lock);
        if (trouble.empty()) {
            trouble = what;
        }
        stop = true;
    }

    const stress_plan& plan;
    region ring;
    ring_end observer;
    mapping memory;
    std::atomic<bool> stop = false; ///< the last frame was taken, or there is trouble

    std::mutex lock; ///< guards trouble
    std::string trouble;

    std::atomic<std::uint64_t> committed = 0;
    std::atomic<std::uint64_t> producers = 0;
    std::atomic<bool> producer_waits = false;

    std::atomic<std::uint64_t> next = 0; ///< the sequence number that follows without a gap
    std::atomic<std::uint64_t> taken = 0;
    std::atomic<std::uint64_t> gaps = 0;
    std::atomic<std::uint64_t> consumers = 0;
    std::atomic<int> last_owner = -1; ///< the thread that was the consumer last, or is
    std::array<std::atomic<io_model>, 2> model_of = {};
    std::array<std::atomic<std::uint64_t>, io_models> taken_by = {};
    std::array<std::atomic<std::uint64_t>, io_models> waits_of = {};
};

/// Random numbers of a thread.
class dice {
public:
    explicit dice(std::uint32_t seed) : engine_(seed) {}

    std::uint64_t from(std::uint64_t least, std::uint64_t most)
    {
        return std::uniform_int_distribution<std::uint64_t>(least, most)(engine_);
    }

private:
    std::minstd_rand engine_;
};

/// One producer after the other.
class producing {
public:
    explicit producing(arena& all) : all_(all), random_(all.plan.seed) {}

    void run()
    {
        while (!all_.stop && all_.committed < all_.plan.frames) {
            live(random_.from(1, all_.plan.frames / 50 + 1));
        }
        end();
    }

private:
    /// Becomes the producer, commits, and leaves.
    void live(std::uint64_t frames)
    {
        ring_end node(all_.ring);
        std::deque<std::uint32_t> in_hand = acquire(node);
        ++all_.producers;
        while (!all_.stop && frames > 0) {
            const std::uint64_t burst = std::min(frames, random_.from(1, 2 * all_.plan.slots));
            for (std::uint64_t i = 0; i < burst; ++i) {
                commit(node, in_hand, 0);
            }
            frames -= burst;
            rest();
        }
    }

    /// One slot, or a few if there are.
    std::deque<std::uint32_t> acquire(ring_end& node)
    {
        std::deque<std::uint32_t> in_hand;
        const std::uint64_t wanted = random_.from(1, most_in_hand);
        while (in_hand.size() < wanted) {
            const int error = node.acquire();
            if (error != 0) {
                if (in_hand.empty()) {
                    all_.fail("ACQUIRE: errno " + std::to_string(error));
                }
                break;
            }
            in_hand.push_back(node.frame().slot);
        }
        return in_hand;
    }

    void commit(ring_end& node, std::deque<std::uint32_t>& in_hand, std::uint32_t flags)
    {
        if (in_hand.empty()) {
            return;
        }
        const std::uint32_t slot = in_hand.front();
        *all_.word_of(slot) = all_.committed;
        if (node.commit(slot, page, 1, flags) != 0 || node.frame().sequence != all_.committed) {
            all_.fail("COMMIT failed, or its sequence is wrong");
        }
        in_hand.pop_front();
        in_hand.push_back(node.frame().slot);
        ++all_.committed;
    }

    /// Goes on at once, gives way, or waits until all have been taken: then the
    /// next frame is one that has to wake somebody.
    void rest()
    {
        switch (random_.from(0, 3)) {
        case 0:
            ::sched_yield();
            break;
        case 1:
            wait_until_empty();
            break;
        default:
            break;
        }
    }

    void wait_until_empty()
    {
        all_.producer_waits = true;
        memlane_ring_status now = {};
        do {
            ::sched_yield();
            now = {};
            if (error_of(all_.observer.fd(), MEMLANE_IOC_RING_STATUS, &now) != 0) {
                all_.fail("RING_STATUS failed");
            }
        } while (now.waiting > 0 && !all_.stop);
        all_.producer_waits = false;
    }

    /// The last frame, which must not be dropped, tells the consumers that it is.
    void end()
    {
        ring_end node(all_.ring);
        std::deque<std::uint32_t> in_hand = acquire(node);
        for (bool is_queued = false; !is_queued && !all_.stop;) {
            wait_until_empty();
            const std::uint64_t before = status_of(all_.observer.fd()).dropped;
            commit(node, in_hand, MEMLANE_FRAME_ERROR);
            is_queued = status_of(all_.observer.fd()).dropped == before;
        }
    }

    arena& all_;
    dice random_;
};

/// One consumer after the other, in turns with those of another thread.
class consuming {
public:
    consuming(arena& all, int number) : all_(all), number_(number), random_(all.plan.seed + 100U) {}

    void run()
    {
        // Two threads walk through all models, in another order each.
        for (std::size_t turn = 0; !all_.stop; ++turn) {
            const std::size_t step = number_ == 0 ? 1 : io_models - 1;
            live(static_cast<io_model>(turn * step % io_models));
            wait_for_the_other();
        }
    }

private:
    /// Becomes the consumer, takes frames, and leaves with some still in hand.
    void live(io_model model)
    {
        model_ = model;
        all_.model_of[static_cast<std::size_t>(number_)] = model;
        ring_end node(all_.ring, O_RDWR | open_flags(model));
        const auto waiting = make_waiter(model, node.fd());
        held_.clear();
        quota_ = random_.from(1, 3000);
        while (!all_.stop && quota_ > 0) {
            if (!take(node)) {
                ++all_.waits_of[index()];
                waiting->wait();
            }
        }
        ++all_.consumers;
    }

    /// So that it is the leaving that must wake the other, not a newcomer's frames.
    void wait_for_the_other()
    {
        while (!all_.stop && all_.last_owner == number_) {
            std::this_thread::sleep_for(50us);
        }
    }

    /// @return false when there was none
    bool take(ring_end& node)
    {
        return model_ == io_model::batches ? take_many(node) : take_one(node);
    }

    bool take_one(ring_end& node)
    {
        const int error = node.next();
        if (!is_good(error)) {
            return false;
        }
        account(node.frame());
        held_.push_back(node.frame().slot);
        while (held_.size() > random_.from(0, most_held())) {
            if (node.release(held_.front()) != 0) {
                all_.fail("RELEASE failed");
            }
            held_.pop_front();
        }
        return true;
    }

    /// Slots to keep; if all were in somebody's hands no frame would ever come.
    [[nodiscard]] std::size_t most_held() const
    {
        return std::min<std::size_t>(3, all_.plan.slots - most_in_hand - 1);
    }

    bool take_many(ring_end& node)
    {
        frames_.resize(batch);
        if (!is_good(node.next_many(frames_))) {
            return false;
        }
        for (auto first = frames_.begin(); first != frames_.end();) {
            auto last = first;
            do {
                account(*last);
                ++last;
            } while (last != frames_.end() && last->slot == (last - 1)->slot + 1);
            if (node.release_run(first->slot, static_cast<std::uint32_t>(last - first)) != 0) {
                all_.fail("RELEASE_RUN failed");
            }
            first = last;
        }
        return true;
    }

    bool is_good(int error)
    {
        if (error != 0 && error != EAGAIN && error != EBUSY && error != EINTR) {
            all_.fail("NEXT: errno " + std::to_string(error));
        }
        return error == 0;
    }

    void account(const memlane_frame& frame)
    {
        all_.last_owner = number_;
        if (frame.sequence != all_.next + frame.dropped) {
            all_.fail("frame " + std::to_string(frame.sequence) + " with " +
                      std::to_string(frame.dropped) + " dropped does not follow");
        }
        if (*all_.word_of(frame.slot) != frame.sequence) {
            all_.fail("frame " + std::to_string(frame.sequence) + " holds another's bytes");
        }
        all_.next = frame.sequence + 1;
        all_.gaps += frame.dropped;
        ++all_.taken;
        ++all_.taken_by[index()];
        quota_ -= std::min<std::uint64_t>(quota_, 1);
        if ((frame.flags & MEMLANE_FRAME_ERROR) != 0) {
            all_.stop = true;
        }
    }

    [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(model_); }

    arena& all_;
    int number_;
    dice random_;
    io_model model_ = io_model::blocking;
    std::uint64_t quota_ = 0;
    std::deque<std::uint32_t> held_;
    std::vector<memlane_frame> frames_;
};

std::string describe(arena& all)
{
    const memlane_ring_status now = status_of(all.observer.fd());
    std::ostringstream out;
    out << "ring: committed " << now.committed << " delivered " << now.delivered << " dropped "
        << now.dropped << " waiting " << now.waiting << " filling " << now.filling << " held "
        << now.held << "\nproducer " << all.producers << ": committed " << all.committed
        << (all.producer_waits ? ", waits until all are taken" : "") << "\nconsumers: taken "
        << all.taken << " gaps " << all.gaps << " next " << all.next << ", thread "
        << all.last_owner << " was the last; thread 0 is "
        << io_model_names.at(static_cast<std::size_t>(all.model_of[0].load())) << ", thread 1 "
        << io_model_names.at(static_cast<std::size_t>(all.model_of[1].load())) << '\n';
    return out.str();
}

/// Looks until all is over; no frame taken for long is trouble.
void watch(arena& all)
{
    std::uint64_t taken = 0;
    auto since = clock::now();
    while (!all.stop) {
        std::this_thread::sleep_for(100ms);
        static_cast<void>(status_of(all.observer.fd())); // expects its sums to be right
        if (all.taken != taken) {
            taken = all.taken;
            since = clock::now();
        } else if (clock::now() - since > std::chrono::seconds(all.plan.patience_s)) {
            all.fail("no frame was taken for " + std::to_string(all.plan.patience_s) + " s");
        }
    }
    const std::lock_guard hold(all.lock);
    if (!all.trouble.empty()) {
        all.trouble += "\n" + describe(all);
    }
}

/// Threads whose system calls end when they are to stop.
class crew {
public:
    explicit crew(arena& all)
        : producer_([&all] { producing(all).run(); }), consumers_{
                                                           std::thread([&] { consume(all, 0); }),
                                                           std::thread([&] { consume(all, 1); })}
    {
    }

    void join()
    {
        producer_.join();
        // Again and again: one may go to sleep right behind a nudge.
        while (at_work_ > 0) {
            for (std::thread& each : consumers_) {
                ::pthread_kill(each.native_handle(), nudge);
            }
            std::this_thread::sleep_for(10ms);
        }
        for (std::thread& each : consumers_) {
            each.join();
        }
    }

private:
    void consume(arena& all, int number)
    {
        consuming(all, number).run();
        --at_work_;
    }

    std::atomic<int> at_work_ = 2;
    std::thread producer_;
    std::array<std::thread, 2> consumers_;
};

template <typename Counters>
std::array<std::uint64_t, io_models> copy_of(const Counters& counters)
{
    std::array<std::uint64_t, io_models> copy = {};
    std::ranges::copy(counters, copy.begin());
    return copy;
}

} // namespace

stress_result run_ring_stress(const stress_plan& plan)
{
    block_waiters_signals();
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ::sigaction(nudge, &action, nullptr); // without SA_RESTART

    arena all(plan);
    if (all.ring.error() != 0) {
        return {.trouble = "there is no region: errno " + std::to_string(all.ring.error())};
    }
    const auto start = clock::now();
    crew threads(all);
    watch(all);
    threads.join();

    const memlane_ring_status end = status_of(all.observer.fd());
    if (all.trouble.empty() && (end.waiting > 0 || end.filling > 0 || end.held > 0)) {
        all.trouble = "slots are in the hands of who is gone\n" + describe(all);
    }
    return {
        .trouble = all.trouble,
        .committed = end.committed,
        .delivered = end.delivered,
        .dropped = end.dropped,
        .taken = all.taken,
        .gaps = all.gaps,
        .producers = all.producers,
        .consumers = all.consumers,
        .seconds = std::chrono::duration<double>(clock::now() - start).count(),
        .taken_by = copy_of(all.taken_by),
        .waits_of = copy_of(all.waits_of),
    };
}

void expect_no_frame_lost(const stress_plan& plan)
{
    const stress_result result = run_ring_stress(plan);
    std::printf("%s: %llu frames in %.1f s: %llu taken, %llu dropped; %llu producers, %llu "
                "consumers\n",
                plan.policy.c_str(), static_cast<unsigned long long>(result.committed),
                result.seconds, static_cast<unsigned long long>(result.taken),
                static_cast<unsigned long long>(result.gaps),
                static_cast<unsigned long long>(result.producers),
                static_cast<unsigned long long>(result.consumers));
    for (std::size_t i = 0; i < io_models; ++i) {
        std::printf("  %-11s %9llu taken, %9llu waits\n", io_model_names.at(i),
                    static_cast<unsigned long long>(result.taken_by.at(i)),
                    static_cast<unsigned long long>(result.waits_of.at(i)));
    }
    std::fflush(stdout);
    ASSERT_EQ(result.trouble, "");
    EXPECT_GE(result.committed, plan.frames);
    EXPECT_EQ(result.delivered, result.taken);
    EXPECT_EQ(result.dropped, result.gaps);
    EXPECT_EQ(result.committed, result.delivered + result.dropped);
    for (std::size_t i = 0; i < io_models; ++i) {
        EXPECT_GT(result.taken_by.at(i), 0U) << io_model_names.at(i);
        EXPECT_GT(result.waits_of.at(i), 0U) << io_model_names.at(i);
    }
}

} // namespace guest
