// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The tail of a transfer: what is left when the length is no multiple of what
// direct I/O needs. It is less than one block and passes a small buffer.
#ifndef MEMLANE_LIB_BLOCK_HPP
#define MEMLANE_LIB_BLOCK_HPP

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

#include "job.hpp"

namespace memlane::detail {

/** Zeroed memory, aligned for any direct I/O. */
class aligned_buffer final {
public:
    /** @throws std::bad_alloc */
    explicit aligned_buffer(std::size_t size);

    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data_.get(), size_}; }

private:
    struct free_deleter {
        void operator()(std::byte* data) const noexcept { std::free(data); }
    };
    std::unique_ptr<std::byte, free_deleter> data_;
    std::size_t size_;
};

/**
 * Moves a job of less than @p block bytes, whose offsets are multiples of
 * @p block. A save reads the block of the file, lays the bytes over it and
 * writes it back, so that what follows them is kept (and a file that ended
 * earlier grows to the block's end); a load changes no byte behind the job.
 *
 * @return all or nothing done
 */
[[nodiscard]] outcome move_tail(const job& work, std::size_t block);

} // namespace memlane::detail

#endif // MEMLANE_LIB_BLOCK_HPP
