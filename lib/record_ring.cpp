// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Frames of a ring, straight from their slots.
//
//   caller's thread: take ->  in hand  -> writers: SAVE a run, release it
//
// A writer takes as many neighbours at once as there are, up to one large I/O.
// So while the disk keeps up, frames are written one by one as they come; when it
// does not, what has come meanwhile goes together, and small frames cost little.
// Each writer has one I/O in flight, and its slots are free as soon as that ends.
#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "memlane/error.hpp"
#include "memlane/frame_consumer.hpp"
#include "record_run.hpp"
#include "signals_blocked.hpp"

namespace memlane::detail {

namespace {

using namespace std::chrono_literals;
using lock = std::unique_lock<std::mutex>;

constexpr std::size_t writers = 4; // as many I/Os, and as large, as a save has in flight
constexpr std::uint64_t run_bytes_small = 4ULL << 20U;
constexpr auto look_time = 100ms; // at most, between two looks at the clock

class ring_recorder final {
public:
    ring_recorder(frame_consumer& ring, recording_writer& out, const std::string& base,
                  const record_options& options)
        : ring_(ring), out_(out), way_(choose_record_way(ring.memory(), out, base)), goal_(options),
          watch_(options, out, base), run_slots_(run_slots(ring, options))
    {
        const signals_blocked scope;
        for (std::thread& each : threads_) {
            each = std::thread([this] { keep_writing(); });
        }
    }
    ring_recorder(const ring_recorder&) = delete;
    ring_recorder& operator=(const ring_recorder&) = delete;
    ~ring_recorder() { end_writing(); }

    /** Takes frames to the end. @return 0, or why it ended early */
    int run()
    {
        int errnum = 0;
        try {
            while (goal_.frames_left() != 0 && out_.errnum() == 0 && step()) {
            }
        } catch (const error& e) {
            errnum = e.code().value();
            reason_ = errnum == ENODEV ? "the driver that fills the region is gone" : e.what();
        }
        end_writing();
        return out_.errnum() != 0 ? out_.errnum() : errnum;
    }

    [[nodiscard]] std::string reason() const { return reason_.empty() ? goal_.reason() : reason_; }
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    [[nodiscard]] way_kind used() const noexcept { return way_.used->kind(); }

private:
    /** @return slots that one run may have: a part of the ring, so that the producer has some. */
    static std::size_t run_slots(const frame_consumer& ring, const record_options& options)
    {
        // Half of a small ring at most is in the writers' hands, a quarter of a large one.
        const std::uint64_t ring_bytes = ring.memory().size_bytes();
        std::uint64_t bytes =
            std::max(std::min(run_bytes_small, ring_bytes / (2 * writers)),
                     std::min<std::uint64_t>(io_bytes_large, ring_bytes / (4 * writers)));
        if (options.rotate_bytes != 0) {
            bytes = std::min(bytes, options.rotate_bytes);
        }
        return static_cast<std::size_t>(std::max<std::uint64_t>(1, bytes / ring.slot_bytes()));
    }

    /** @return whether there may be more. */
    bool step()
    {
        if (!goal_.is_draining() && goal_.is_called_off()) {
            goal_.drain(ring_.status().waiting);
            return true;
        }
        report();
        const std::size_t room = wait_for_room();
        if (room == 0) {
            return true;
        }
        const auto frames = ring_.take(
            static_cast<std::size_t>(std::min<std::uint64_t>(room, goal_.frames_left())));
        if (!frames.empty()) {
            goal_.count(frames.size());
            taken_ += frames.size();
            hand_over(frames);
            return true;
        }
        if (goal_.is_draining()) {
            return false;
        }
        static_cast<void>(ring_.wait(goal_.patience()));
        return true;
    }

    void report()
    {
        if (watch_.is_due()) {
            const ring_status now = ring_.status();
            watch_.report(goal_.elapsed(), now.waiting + now.held, now.slots);
        }
    }

    /**
     * What is taken can no longer be dropped in favour of what is newer: so no
     * more is taken than keeps the writers busy.
     */
    std::size_t wait_for_room()
    {
        const std::size_t most = 2 * run_slots_;
        lock held(mutex_);
        room_.wait_for(held, look_time, [&] { return in_hand_.size() < most; });
        return most - std::min(most, in_hand_.size());
    }

    void hand_over(std::span<const frame> frames)
    {
        {
            const lock held(mutex_);
            in_hand_.insert(in_hand_.end(), frames.begin(), frames.end());
        }
        work_.notify_one();
    }

    void keep_writing()
    {
        std::vector<frame> frames;
        for (;;) {
            std::uint32_t first = 0;
            std::uint32_t count = 0;
            frame_run* run = nullptr;
            {
                lock held(mutex_);
                work_.wait(held, [this] { return !in_hand_.empty() || closing_; });
                if (in_hand_.empty()) {
                    return;
                }
                take_run(frames);
                first = frames.front().slot;
                count = static_cast<std::uint32_t>(frames.size());
                run = out_.begin(frames);
                if (!in_hand_.empty()) {
                    work_.notify_one();
                }
            }
            room_.notify_one();
            write(first, count, run);
        }
    }

    /** Moves the first frames in hand to @p frames: neighbours that fill their slots. */
    void take_run(std::vector<frame>& frames)
    {
        frames.clear();
        do {
            frames.push_back(in_hand_.front());
            in_hand_.pop_front();
        } while (!in_hand_.empty() && frames.size() < run_slots_ &&
                 in_hand_.front().slot == frames.back().slot + 1 &&
                 out_.padded(frames.back()) == ring_.slot_bytes());
    }

    /** Writes frames in @p count slots from @p first on, if they have a place to go to. */
    void write(std::uint32_t first, std::uint32_t count, frame_run* run)
    {
        outcome moved;
        if (run != nullptr) {
            const std::uint64_t offset = std::uint64_t{first} * ring_.slot_bytes();
            moved = write_run(way_, ring_.memory(), offset, *run);
        }
        ring_.release(first, count);
        if (run != nullptr) {
            out_.end(*run, moved.done_bytes, moved.errnum);
        }
    }

    /** Lets the writers write what is in hand, and end. */
    void end_writing()
    {
        {
            const lock held(mutex_);
            closing_ = true;
        }
        work_.notify_all();
        for (std::thread& each : threads_) {
            if (each.joinable()) {
                each.join();
            }
        }
    }

    frame_consumer& ring_;
    recording_writer& out_;
    plan way_;
    finish_line goal_;
    record_watch watch_;
    const std::size_t run_slots_;
    std::uint64_t taken_ = 0;
    std::string reason_;

    std::mutex mutex_; // guards in_hand_ and closing_; taken before the recording's own
    std::condition_variable work_;
    std::condition_variable room_;
    std::deque<frame> in_hand_; // taken, and not yet with a writer
    bool closing_ = false;

    std::array<std::thread, writers> threads_;
};

} // namespace

record_result record_ring(const std::string& name, const std::string& base,
                          const record_options& options)
{
    frame_consumer ring(name, options.policy);
    recording_writer out(base, {.source = ring.memory().uri(), .slot_bytes = ring.slot_bytes()},
                         options);
    const meter spent;
    ring_recorder recorder(ring, out, base, options);
    record_result result = run_to_end(recorder, out, spent);
    result.lost = recorder.taken() - result.info.totals.frames;
    return result;
}

} // namespace memlane::detail
