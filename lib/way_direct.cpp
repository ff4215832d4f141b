// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <vector>

#include "crew.hpp"
#include "ledger.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"
#include "obstacles.hpp"
#include "ring.hpp"
#include "way_list.hpp"
#include "window_map.hpp"

namespace memlane::detail {

namespace {

/** Moves a job with several I/Os in flight. */
class direct_run final {
public:
    direct_run(ring& queue, const job& work, const watch& observer)
        : queue_(queue), work_(work), observer_(observer),
          ledger_(work.length, work.io_bytes, work.depth), windows_(work), held_(work.depth)
    {
    }

    outcome run()
    {
        register_memory();
        while (start_pieces() || ledger_.busy() > 0) {
            const int status = ::io_uring_submit_and_wait(queue_.get(), 1);
            if (status < 0 && status != -EINTR && status != -EAGAIN && status != -EBUSY) {
                ledger_.fail_at(ledger_.contiguous(), -status);
                break;
            }
            collect();
            observer_.report(ledger_.contiguous());
        }
        if (ledger_.errnum() == EFAULT) {
            note_ = describe_gap(*work_.memory, work_.offset + ledger_.contiguous());
        }
        return {.done_bytes = ledger_.contiguous(), .errnum = ledger_.errnum(), .note = note_};
    }

private:
    /** Only what is mapped as a whole: a window would be pinned all at once, while disks wait. */
    void register_memory()
    {
        if (!work_.memory->is_resident()) {
            return;
        }
        const mapping whole = work_.memory->map(work_.offset, work_.length);
        const int errnum = queue_.register_memory(whole.bytes(), work_.io_bytes);
        if (errnum == ENOMEM) {
            rlimit limit = {};
            ::getrlimit(RLIMIT_MEMLOCK, &limit);
            note_ = fmt::format("the memory is pinned I/O by I/O, since RLIMIT_MEMLOCK ({} bytes) "
                                "forbids to register it",
                                limit.rlim_cur);
        }
    }

    /** @return whether it started any. */
    bool start_pieces()
    {
        if (observer_.stopped()) {
            ledger_.stop(EINTR);
        }
        bool any = false;
        while (piece* const one = ledger_.take()) {
            any = start(*one) || any;
        }
        return any;
    }

    bool start(piece& one)
    {
        try {
            held_[ledger_.index_of(one)] = windows_.at(one.start, one.length);
        } catch (const std::system_error& e) {
            ledger_.fail_at(one.start, e.code().value());
            ledger_.give_back(one);
            return false;
        }
        submit(one);
        return true;
    }

    void submit(piece& one)
    {
        io_uring_sqe* const entry = ::io_uring_get_sqe(queue_.get());
        std::byte* const data = held_[ledger_.index_of(one)].bytes.data() + one.done;
        const std::uint64_t position = work_.file_offset + one.position();
        const auto index = queue_.index_of(data);
        const bool saving = work_.heading == direction::save;
        if (index) {
            const auto prepare = saving ? ::io_uring_prep_write_fixed : prepare_read_fixed;
            prepare(entry, work_.file_fd, data, one.left(), position, *index);
        } else {
            const auto prepare = saving ? ::io_uring_prep_write : prepare_read;
            prepare(entry, work_.file_fd, data, one.left(), position);
        }
        ::io_uring_sqe_set_data(entry, &one);
    }

    // With the same types as their counterparts for writing.
    static void prepare_read(io_uring_sqe* entry, int fd, const void* data, unsigned length,
                             __u64 position)
    {
        ::io_uring_prep_read(entry, fd, const_cast<void*>(data), length, position);
    }

    static void prepare_read_fixed(io_uring_sqe* entry, int fd, const void* data, unsigned length,
                                   __u64 position, int index)
    {
        ::io_uring_prep_read_fixed(entry, fd, const_cast<void*>(data), length, position, index);
    }

    void collect()
    {
        io_uring_cqe* entry = nullptr;
        while (::io_uring_peek_cqe(queue_.get(), &entry) == 0) {
            const int result = entry->res;
            piece& one = *static_cast<piece*>(::io_uring_cqe_get_data(entry));
            ::io_uring_cqe_seen(queue_.get(), entry);
            complete(one, result);
        }
    }

    void complete(piece& one, int result)
    {
        const bool again = result == -EINTR || result == -EAGAIN || (result == -EFAULT && cut(one));
        if (result > 0) {
            one.done += static_cast<std::uint32_t>(result);
        } else if (!again) {
            ledger_.fail_at(one.position(), -result); // 0: the file ended
        }
        if (one.left() != 0 && (again || result > 0)) {
            submit(one);
            return;
        }
        held_[ledger_.index_of(one)] = {};
        ledger_.give_back(one);
    }

    /**
     * What the kernel cannot pin as a whole may be there in part: leaves the
     * pages in front of the first that is missing.
     *
     * @return whether there are any
     */
    bool cut(piece& one)
    {
        const std::uint64_t present =
            memory_io(*work_.memory).present_bytes(work_.offset + one.position(), one.left());
        if (present == 0 || present == one.left()) {
            return false;
        }
        one.length = one.done + static_cast<std::uint32_t>(present);
        ledger_.fail_at(one.position() + present, EFAULT);
        return true;
    }

    ring& queue_;
    const job& work_;
    const watch& observer_;
    ledger ledger_;
    window_map windows_;
    std::vector<held_bytes> held_; // one a piece in flight
    std::string note_;
};

class direct_way final : public way {
public:
    [[nodiscard]] way_kind kind() const noexcept override { return way_kind::direct; }

    [[nodiscard]] verdict probe(const source& memory, const direct_file& file,
                                const byte_range& range) const override
    {
        if (std::string why = why_not_zero_copy(file, range); !why.empty()) {
            return {false, std::move(why)};
        }
        if (const int errnum = try_pin(memory, range.offset); errnum != 0) {
            return {false,
                    fmt::format("the kernel cannot pin this memory: {}", describe_errno(errnum))};
        }
        return {true, "the memory can be pinned and the file takes direct I/O"};
    }

    [[nodiscard]] outcome run(const job& work, const watch& observer) const override
    {
        ring queue(work.depth);
        if (queue.errnum() == 0) {
            return direct_run(queue, work, observer).run();
        }
        outcome moved = run_crew(work, observer, staging::none, work.depth);
        moved.note = fmt::format("io_uring is refused, {}, so {} threads write instead{}{}",
                                 describe_errno(queue.errnum()), work.depth,
                                 moved.note.empty() ? "" : "; ", moved.note);
        return moved;
    }
};

} // namespace

const way& direct()
{
    static const direct_way one;
    return one;
}

} // namespace memlane::detail
