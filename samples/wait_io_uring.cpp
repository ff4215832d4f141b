// SPDX-License-Identifier: GPL-2.0-or-later
//
// Waits by io_uring(7), for two things at once: one poll that is armed once and
// tells of each first frame, and the writes of the frames before, which the disk
// reads from the slots themselves. A slot is released when its write is done.
#include <liburing.h>
#include <poll.h>

#include "frames.hpp"

namespace {

using sample::expect;

constexpr unsigned depth = 8;
/** Completes when a frame waits; any other completion is of a write. */
constexpr std::uint64_t frame_event = ~std::uint64_t{0};

/** What a write is known by: bytes and slot. */
constexpr std::uint64_t tag_of(std::uint64_t bytes, std::uint32_t slot)
{
    return bytes << 32U | slot;
}

class writer {
public:
    explicit writer(sample::frame_taker& frames) : frames_(frames)
    {
        expect(::io_uring_queue_init(2 * depth, &ring_, 0) == 0, "there is io_uring");
        arm();
    }
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    ~writer() { ::io_uring_queue_exit(&ring_); }

    void run()
    {
        for (;;) {
            take();
            if (frames_.has_enough() && in_flight_ == 0) {
                break;
            }
            const int submitted = ::io_uring_submit_and_wait(&ring_, 1);
            expect(submitted >= 0 || submitted == -EINTR, "io_uring takes requests");
            complete();
        }
        std::printf("armed %u times, at most %u writes in flight\n", armed_, most_in_flight_);
    }

private:
    void arm()
    {
        io_uring_sqe* const sqe = ::io_uring_get_sqe(&ring_);
        ::io_uring_prep_poll_multishot(sqe, frames_.device(), POLLIN);
        ::io_uring_sqe_set_data64(sqe, frame_event);
        ++armed_;
    }

    /** Frames come until none waits, or until enough writes are under way. */
    void take()
    {
        while (may_wait_ && in_flight_ < depth && !frames_.has_enough()) {
            memlane_frame frame;
            may_wait_ = frames_.next(frame);
            if (may_wait_) {
                write(frame);
            }
        }
    }

    void write(const memlane_frame& frame)
    {
        if (frames_.file() < 0) {
            frames_.release(frame.slot);
            return;
        }
        const auto bytes = static_cast<unsigned>(sample::frame_taker::blocks(frame));
        io_uring_sqe* const sqe = ::io_uring_get_sqe(&ring_);
        ::io_uring_prep_write(sqe, frames_.file(), frames_.at(frame), bytes,
                              static_cast<std::uint64_t>(frames_.place()));
        ::io_uring_sqe_set_data64(sqe, tag_of(bytes, frame.slot));
        most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    }

    /** Looks at all that has completed. */
    void complete()
    {
        io_uring_cqe* cqe = nullptr;
        while (::io_uring_peek_cqe(&ring_, &cqe) == 0) {
            if (cqe->user_data == frame_event) {
                on_frame(*cqe);
            } else {
                on_written(*cqe);
            }
            ::io_uring_cqe_seen(&ring_, cqe);
        }
    }

    void on_frame(const io_uring_cqe& cqe)
    {
        expect(cqe.res > 0 && (cqe.res & POLLIN) != 0, "the poll tells of a frame");
        frames_.count_wake_up();
        may_wait_ = true;
        if ((cqe.flags & IORING_CQE_F_MORE) == 0) {
            arm(); // it stays armed, but need not for ever
        }
    }

    void on_written(const io_uring_cqe& cqe)
    {
        const auto slot = static_cast<std::uint32_t>(cqe.user_data);
        expect(cqe.res > 0 && tag_of(static_cast<std::uint64_t>(cqe.res), slot) == cqe.user_data,
               "a frame is written as a whole");
        frames_.release(slot);
        --in_flight_;
    }

    sample::frame_taker& frames_;
    io_uring ring_ = {};
    bool may_wait_ = true;
    unsigned in_flight_ = 0;
    unsigned most_in_flight_ = 0;
    unsigned armed_ = 0;
};

} // namespace

int main(int argc, char** argv)
{
    sample::frame_taker frames(argc, argv, O_NONBLOCK);
    writer(frames).run();
    frames.report();
}
