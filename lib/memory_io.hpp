// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Copies between a source and buffers, and what is known of a source by trying.
#ifndef MEMLANE_LIB_MEMORY_IO_HPP
#define MEMLANE_LIB_MEMORY_IO_HPP

#include <cstddef>
#include <cstdint>
#include <span>

#include "guarded_copy.hpp"
#include "job.hpp"

namespace memlane::detail {

/**
 * Copies pieces of a source, by mappings, or by read(2) and write(2) where the
 * driver has no mmap. Several threads may use one.
 */
class memory_io final {
public:
    explicit memory_io(const source& memory);

    /** @return 0 when one of the two works, else the errno of mmap(2). */
    [[nodiscard]] int refusal() const noexcept { return refusal_; }

    /** Fills @p to from the source. Fewer bytes come with EFAULT and a note of where. */
    [[nodiscard]] outcome copy_out(std::uint64_t offset, std::span<std::byte> to) const;

    /** Writes @p from to the source, likewise. */
    [[nodiscard]] outcome copy_in(std::uint64_t offset, std::span<const std::byte> from) const;

    /** @return how many of the bytes from @p offset on are there, up to @p length; whole pages. */
    [[nodiscard]] std::uint64_t present_bytes(std::uint64_t offset, std::uint64_t length) const;

private:
    template <typename Copy>
    outcome with_mapping(std::uint64_t offset, std::size_t length, Copy copy) const;

    const source& memory_;
    access_kind access_;
    bool by_read_ = false;
    int refusal_ = 0;
    sigbus_scope sigbus_;
};

/** @return how the CPU shall access it, by how its driver maps it. */
[[nodiscard]] access_kind best_access(const source& memory) noexcept;

/** @return what happened to @p memory, that its byte at @p offset cannot be had. */
[[nodiscard]] std::string describe_gap(const source& memory, std::uint64_t offset);

/**
 * Has the kernel pin one page of a source, as direct I/O would (vmsplice(2) to
 * a pipe that nobody reads).
 *
 * @return 0 or the errno; EFAULT for a mapping without struct pages
 */
[[nodiscard]] int try_pin(const source& memory, std::uint64_t offset);

/** pread(2) until all is read or an error. Fewer bytes without one: the file ends there. */
[[nodiscard]] outcome read_at(int fd, std::span<std::byte> buffer, std::uint64_t offset);

/** pwrite(2) until all is written or an error. */
[[nodiscard]] outcome write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset);

} // namespace memlane::detail

#endif // MEMLANE_LIB_MEMORY_IO_HPP
