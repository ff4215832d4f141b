// SPDX-License-Identifier: GPL-2.0-or-later
#include "produce.hpp"

#include <vector>

#include "memlane/frame_stamp.hpp"
#include "schedule.hpp"

namespace memlane::tool {

namespace {

/** Makes frames in the slots of a producer. */
class maker final {
public:
    maker(frame_producer& producer, const production& what)
        : producer_(producer), what_(what), filled_(producer.slots())
    {
    }

    void commit()
    {
        const std::span<std::byte> frame = producer_.bytes().first(what_.length_bytes);
        if (what_.stamped || !filled_[producer_.slot()]) {
            fill_frame(frame, what_.content, producer_.next_sequence());
            filled_[producer_.slot()] = true;
        }
        if (what_.stamped) {
            stamp_frame(frame, producer_.next_sequence());
        }
        producer_.commit(what_.length_bytes, what_.stamped ? frame_flag::stamped : 0);
    }

private:
    frame_producer& producer_;
    const production& what_;
    std::vector<bool> filled_; // of each slot
};

} // namespace

produced produce(frame_producer& producer, const production& what, const std::atomic<bool>& stop,
                 const std::function<void(const std::function<produced()>&)>& progress)
{
    maker frames(producer, what);
    const std::uint64_t dropped_before = producer.status().dropped;
    const schedule::seconds end = what.elapsed.value_or(schedule::never);
    const schedule plan(what.frames_per_second);
    produced so_far;
    const auto now = [&] {
        produced copy = so_far;
        copy.dropped = producer.status().dropped - dropped_before;
        copy.elapsed = plan.elapsed();
        return copy;
    };
    for (;;) {
        // Behind the last one too: it takes its time as the others do.
        plan.wait_for(so_far.frames, stop, end);
        if (stop || (what.frames && so_far.frames >= *what.frames) || plan.elapsed() >= end) {
            return now();
        }
        frames.commit();
        ++so_far.frames;
        progress(now);
    }
}

} // namespace memlane::tool
