// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crew.hpp"

#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "ledger.hpp"
#include "memory_io.hpp"
#include "signals_blocked.hpp"
#include "window_map.hpp"

namespace memlane::detail {

namespace {

using namespace std::chrono_literals;

constexpr auto look_time = 100ms; // at most, between two looks at the stop flag

class crew final {
public:
    crew(const job& work, const watch& observer, staging how, unsigned threads)
        : work_(work), observer_(observer), how_(how), threads_(threads), memory_(*work.memory),
          ledger_(work.length, work.io_bytes, threads), windows_(work)
    {
    }

    outcome run()
    {
        if (how_ == staging::buffer) {
            for (unsigned i = 0; i < threads_; ++i) {
                buffers_.push_back(mapping::anonymous(work_.io_bytes));
            }
        }
        if (threads_ == 1 || !run_threads()) {
            work_through(0, [this] { watch_once(); });
        }
        return {.done_bytes = ledger_.contiguous(), .errnum = ledger_.errnum(), .note = note_};
    }

private:
    /** @return whether there was a thread at all; fewer than asked for will do. */
    bool run_threads()
    {
        std::vector<std::jthread> hands;
        start(hands);
        std::unique_lock lock(mutex_);
        while (running_ != 0) {
            const std::uint64_t seen = finished_;
            changed_.wait_for(lock, look_time, [&] { return running_ == 0 || finished_ != seen; });
            lock.unlock();
            watch_once();
            lock.lock();
        }
        return !hands.empty();
    }

    void start(std::vector<std::jthread>& hands)
    {
        const signals_blocked scope;
        for (unsigned i = 0; i < threads_; ++i) {
            const std::lock_guard lock(mutex_);
            try {
                hands.emplace_back([this, i] {
                    work_through(i, [] {});
                    const std::lock_guard ending(mutex_);
                    --running_;
                    changed_.notify_all();
                });
                ++running_;
            } catch (const std::system_error&) {
                return; // EAGAIN: a limit on threads
            }
        }
    }

    /** The caller's thread: progress, and whether to end. */
    void watch_once()
    {
        std::uint64_t done = 0;
        {
            const std::lock_guard lock(mutex_);
            done = ledger_.contiguous();
        }
        observer_.report(done);
        if (observer_.stopped()) {
            const std::lock_guard lock(mutex_);
            ledger_.stop(EINTR);
        }
    }

    /** @param hand which of the threads this is */
    template <typename Between>
    void work_through(unsigned hand, Between between)
    {
        for (between(); piece* const one = take(); between()) {
            finish(*one, how_ == staging::buffer
                             ? move_staged(*one, buffers_[hand].bytes().first(one->length))
                             : move_mapped(*one));
        }
    }

    piece* take()
    {
        const std::lock_guard lock(mutex_);
        return ledger_.take();
    }

    void finish(piece& one, const outcome& moved)
    {
        const std::lock_guard lock(mutex_);
        one.done += static_cast<std::uint32_t>(moved.done_bytes);
        if (one.left() != 0) {
            if (one.position() < noted_at_) {
                noted_at_ = one.position();
                note_ = moved.note;
            }
            ledger_.fail_at(one.position(), moved.errnum);
        }
        ledger_.give_back(one);
        ++finished_;
        changed_.notify_all();
    }

    outcome move_mapped(const piece& one)
    {
        try {
            const held_bytes part = window(one);
            const std::uint64_t position = work_.file_offset + one.start;
            outcome moved = work_.heading == direction::save
                                ? write_at(work_.file_fd, part.bytes, position)
                                : read_at(work_.file_fd, part.bytes, position);
            if (moved.errnum == EFAULT) {
                moved.note =
                    describe_gap(*work_.memory, work_.offset + one.start + moved.done_bytes);
            }
            return moved;
        } catch (const std::system_error& e) {
            return {.errnum = e.code().value()};
        }
    }

    held_bytes window(const piece& one)
    {
        const std::lock_guard lock(mutex_);
        return windows_.at(one.start, one.length);
    }

    outcome move_staged(const piece& one, std::span<std::byte> buffer)
    {
        const std::uint64_t position = work_.file_offset + one.start;
        const bool saving = work_.heading == direction::save;
        const outcome got = saving ? memory_.copy_out(work_.offset + one.start, buffer)
                                   : read_at(work_.file_fd, buffer, position);
        const auto bytes = buffer.first(static_cast<std::size_t>(got.done_bytes));
        add_to_sum(one, bytes);
        outcome put = saving ? write_at(work_.file_fd, bytes, position)
                             : memory_.copy_in(work_.offset + one.start, bytes);
        if (put.errnum == 0 && put.done_bytes == bytes.size()) {
            put.errnum = got.errnum;
            put.note = got.note;
        }
        return put;
    }

    /** Waits for the pieces in front of it, since a checksum is over bytes in order. */
    void add_to_sum(const piece& one, std::span<const std::byte> bytes)
    {
        if (work_.sum == nullptr) {
            return;
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return summed_ == one.start || ledger_.failed(); });
        if (summed_ != one.start || bytes.size() < one.length) {
            return; // of a transfer that fails there is no checksum
        }
        lock.unlock();
        work_.sum->update(bytes);
        lock.lock();
        summed_ += one.length;
        changed_.notify_all();
    }

    const job& work_;
    const watch& observer_;
    staging how_;
    unsigned threads_;
    memory_io memory_;
    std::vector<mapping> buffers_; // one a thread

    std::mutex mutex_; // guards what follows
    std::condition_variable changed_;
    ledger ledger_;
    window_map windows_;
    unsigned running_ = 0;
    std::uint64_t finished_ = 0; // pieces
    std::uint64_t summed_ = 0;
    std::uint64_t noted_at_ = std::numeric_limits<std::uint64_t>::max();
    std::string note_;
};

} // namespace

outcome run_crew(const job& work, const watch& observer, staging how, unsigned threads)
{
    try {
        return crew(work, observer, how, threads).run();
    } catch (const std::system_error& e) {
        return {.errnum = e.code().value()}; // ENOMEM, for the buffers
    }
}

} // namespace memlane::detail
