// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_RING_HPP
#define MEMLANE_LIB_RING_HPP

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace memlane::detail {

/** An io_uring, or the errno for which there is none. */
class ring final {
public:
    /** For one thread, which both submits and waits. */
    explicit ring(unsigned depth);
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

    /**
     * Has the kernel pin memory once for all I/O on it, in pieces that none of
     * the I/Os crosses.
     *
     * @param unit_bytes what I/Os begin at multiples of and are not longer than
     * @return 0 or the errno: EFAULT or EOPNOTSUPP for memory that it does not
     *         take, ENOMEM beyond RLIMIT_MEMLOCK
     */
    [[nodiscard]] int register_memory(std::span<std::byte> bytes, std::uint32_t unit_bytes);

    /** @return the index of the registered piece with @p address, if there is one. */
    [[nodiscard]] std::optional<int> index_of(const std::byte* address) const noexcept;

private:
    io_uring raw_ = {};
    int errnum_;
    std::span<std::byte> registered_;
    std::size_t chunk_bytes_ = 0;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_RING_HPP
