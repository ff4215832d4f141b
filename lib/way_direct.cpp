// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <vector>

#include "memlane/error.hpp"
#include "ways.hpp"

namespace memlane::detail {

namespace {

/** An io_uring, or the errno for which there is none. */
class ring final {
public:
    explicit ring(unsigned depth) : errnum_(-::io_uring_queue_init(depth, &raw_, 0)) {}
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring()
    {
        if (errnum_ == 0) {
            ::io_uring_queue_exit(&raw_);
        }
    }

    [[nodiscard]] int errnum() const noexcept { return errnum_; }
    [[nodiscard]] io_uring* get() noexcept { return &raw_; }

private:
    io_uring raw_ = {};
    int errnum_;
};

/** One I/O in flight. */
struct slot {
    std::uint64_t start = 0; // in the window
    std::uint32_t length = 0;
    std::uint32_t done = 0;
    bool busy = false;

    [[nodiscard]] std::uint64_t position() const noexcept { return start + done; }
};

/** Moves one window with several I/Os in flight. */
class window_mover final {
public:
    window_mover(ring& queue, const job& work, const window& part, const watch& observer)
        : queue_(queue), work_(work), part_(part), observer_(observer), slots_(work.depth)
    {
    }

    outcome run()
    {
        while (start_free_slots() || busy_ > 0) {
            const int status = ::io_uring_submit_and_wait(queue_.get(), 1);
            if (status < 0 && status != -EINTR && status != -EAGAIN && status != -EBUSY) {
                stop_at(contiguous(), -status);
                break;
            }
            collect();
            observer_.report(part_.skip + contiguous());
        }
        return {.done_bytes = contiguous(), .errnum = errnum_};
    }

private:
    /** @return whether it started any. */
    bool start_free_slots()
    {
        if (observer_.stopped()) {
            stop_at(next_, EINTR);
        }
        bool any = false;
        for (slot& io : slots_) {
            if (!io.busy && gap_ == none && next_ < part_.bytes.size()) {
                const std::uint64_t left = part_.bytes.size() - next_;
                io = {.start = next_,
                      .length =
                          static_cast<std::uint32_t>(std::min<std::uint64_t>(work_.io_bytes, left)),
                      .busy = true};
                next_ += io.length;
                ++busy_;
                submit(io);
                any = true;
            }
        }
        return any;
    }

    void submit(slot& io)
    {
        io_uring_sqe* const entry = ::io_uring_get_sqe(queue_.get());
        std::byte* const data = part_.bytes.data() + io.position();
        const std::uint64_t file_offset = work_.file_offset + part_.skip + io.position();
        if (work_.heading == direction::save) {
            ::io_uring_prep_write(entry, work_.file_fd, data, io.length - io.done, file_offset);
        } else {
            ::io_uring_prep_read(entry, work_.file_fd, data, io.length - io.done, file_offset);
        }
        ::io_uring_sqe_set_data(entry, &io);
    }

    void collect()
    {
        io_uring_cqe* entry = nullptr;
        while (::io_uring_peek_cqe(queue_.get(), &entry) == 0) {
            const int result = entry->res;
            slot& io = *static_cast<slot*>(::io_uring_cqe_get_data(entry));
            ::io_uring_cqe_seen(queue_.get(), entry);
            complete(io, result);
        }
    }

    void complete(slot& io, int result)
    {
        const bool again = result == -EINTR || result == -EAGAIN;
        if (result > 0) {
            io.done += static_cast<std::uint32_t>(result);
        } else if (!again) {
            stop_at(io.position(), -result); // 0: the file ended
        }
        if (io.done < io.length && (again || result > 0)) {
            submit(io);
            return;
        }
        io.busy = false;
        --busy_;
    }

    /** Starts no more I/O; the error nearest to the start is the one that counts. */
    void stop_at(std::uint64_t position, int errnum)
    {
        if (position < gap_) {
            gap_ = position;
            errnum_ = errnum;
        }
    }

    /** @return bytes that arrived from the window's start without a gap. */
    [[nodiscard]] std::uint64_t contiguous() const
    {
        std::uint64_t end = std::min(gap_, next_);
        for (const slot& io : slots_) {
            if (io.busy) {
                end = std::min(end, io.position());
            }
        }
        return end;
    }

    static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

    ring& queue_;
    const job& work_;
    window part_;
    const watch& observer_;
    std::vector<slot> slots_;
    std::uint64_t next_ = 0;   // first byte that no I/O was started for
    std::uint64_t gap_ = none; // first byte known not to arrive
    int errnum_ = 0;
    unsigned busy_ = 0;
};

} // namespace

outcome run_direct(const job& work, const watch& observer)
{
    ring queue(work.depth);
    if (queue.errnum() != 0) {
        outcome moved = run_syscalls(work, observer);
        moved.note = fmt::format("io_uring is refused, {}, so one I/O at a time",
                                 describe_errno(queue.errnum()));
        return moved;
    }
    return for_each_window(
        work, [&](const window& part) { return window_mover(queue, work, part, observer).run(); });
}

} // namespace memlane::detail
