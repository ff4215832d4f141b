// SPDX-License-Identifier: GPL-2.0-or-later
#include "play.hpp"

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "schedule.hpp"

namespace memlane::tool {

namespace {

using seconds = std::chrono::duration<double>;

/** When the frames are due by their own timestamps. */
class timeline final {
public:
    /** @return from the start to a frame that comes behind those asked for before */
    seconds due(std::chrono::nanoseconds timestamp)
    {
        // A clock that was set back takes no time.
        if (has_last_) {
            due_ += std::max(seconds(timestamp) - seconds(last_), seconds(0));
        }
        last_ = timestamp;
        has_last_ = true;
        return due_;
    }

    /** The next frame comes as much later as the last one did, or at once. */
    void begin_anew(seconds gap)
    {
        has_last_ = false;
        due_ += gap;
    }

private:
    bool has_last_ = false;
    std::chrono::nanoseconds last_ = {};
    seconds due_ = {};
};

/** @return what is between two frames in the middle, for the gap between the last and the first */
seconds mean_gap(seconds due, std::uint64_t frames)
{
    return frames > 1 ? due / static_cast<double>(frames - 1) : seconds(0);
}

/** @return whether it was shown: not, when a signal came in the middle of it */
bool show(recording& from, const recorded_frame& next, play_target& to,
          const std::atomic<bool>& stop)
{
    const auto bytes = from.read(next);
    try {
        to.show(next.what, bytes);
        return true;
    } catch (const error& e) {
        if (e.code().value() == EINTR && stop) {
            return false;
        }
        throw;
    }
}

} // namespace

played play(recording& from, play_target& to, const play_speed& speed,
            const std::atomic<bool>& stop, const std::function<void(const played&)>& progress)
{
    played so_far;
    timeline times;
    const schedule plan(speed.frames_per_second.value_or(0));
    std::uint64_t in_round = 0;
    seconds due = {};
    seconds round_start = {};
    while (!stop) {
        const auto next = from.next();
        if (!next) {
            if (!speed.loop || in_round == 0) {
                break;
            }
            times.begin_anew(mean_gap(due - round_start, in_round));
            in_round = 0;
            from.seek(0);
            continue;
        }
        due = speed.frames_per_second ? plan.due(so_far.frames) : times.due(next->what.timestamp);
        round_start = in_round == 0 ? due : round_start;
        plan.wait_until(due, stop);
        if (stop || !show(from, *next, to, stop)) {
            break;
        }
        ++in_round;
        ++so_far.frames;
        so_far.bytes += next->what.length_bytes;
        so_far.dropped = to.dropped();
        so_far.elapsed = plan.elapsed();
        progress(so_far);
    }
    so_far.elapsed = plan.elapsed();
    return so_far;
}

} // namespace memlane::tool
