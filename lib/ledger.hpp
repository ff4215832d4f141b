// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_LEDGER_HPP
#define MEMLANE_LIB_LEDGER_HPP

#include <cstdint>
#include <limits>
#include <vector>

namespace memlane::detail {

/** One I/O of a job, in flight. */
struct piece {
    std::uint64_t start = 0; // in the job
    std::uint32_t length = 0;
    std::uint32_t done = 0;
    bool busy = false;

    [[nodiscard]] std::uint64_t position() const noexcept { return start + done; }
    [[nodiscard]] std::uint32_t left() const noexcept { return length - done; }
};

/**
 * Cuts a job into pieces, of which several are in flight, and knows how much
 * has arrived without a gap, in whatever order they end. Not thread-safe.
 */
class ledger final {
public:
    ledger(std::uint64_t length, std::uint32_t piece_bytes, std::uint32_t depth)
        : length_(length), piece_bytes_(piece_bytes), pieces_(depth)
    {
    }

    /** @return a piece to start, nothing when all are in flight, at the end, or after fail(). */
    [[nodiscard]] piece* take();

    /** Gives a piece back that is done, or that failed. */
    void give_back(piece& ended);

    /** Starts no more pieces. Of several failures the one nearest to the start counts. */
    void fail_at(std::uint64_t position, int errnum);

    /** As fail_at() behind all that was started. */
    void stop(int errnum) { fail_at(next_, errnum); }

    /** @return how many pieces are in flight. */
    [[nodiscard]] std::uint32_t busy() const noexcept { return busy_; }

    /** @return bytes that arrived from the start without a gap. */
    [[nodiscard]] std::uint64_t contiguous() const;

    [[nodiscard]] int errnum() const noexcept { return errnum_; }

    /** @return whether anything failed, or the file ended. */
    [[nodiscard]] bool failed() const noexcept { return gap_ != none; }

    /** @return the index of a piece, below depth. */
    [[nodiscard]] std::size_t index_of(const piece& one) const
    {
        return static_cast<std::size_t>(&one - pieces_.data());
    }

private:
    static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t length_;
    std::uint32_t piece_bytes_;
    std::vector<piece> pieces_;
    std::uint64_t next_ = 0;   // first byte that no piece was started for
    std::uint64_t gap_ = none; // first byte known not to arrive
    int errnum_ = 0;
    std::uint32_t busy_ = 0;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_LEDGER_HPP
