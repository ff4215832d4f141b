// SPDX-License-Identifier: LGPL-2.1-or-later
#include "block.hpp"

#include "memory_io.hpp"

#include <cerrno>
#include <cstring>
#include <new>

namespace memlane::detail {

namespace {

constexpr std::size_t buffer_alignment = 4096;

/** @return @p moved if it failed, else EIO if it is not all of @p length, else success. */
outcome complete(outcome moved, std::size_t length)
{
    if (moved.errnum == 0 && moved.done_bytes < length) {
        moved.errnum = EIO; // the file was cut meanwhile
    }
    return moved;
}

outcome save_tail(const job& work, std::span<std::byte> buffer, std::size_t length)
{
    // What the file does not have of its last block is written as zeros.
    if (outcome old = read_at(work.file_fd, buffer, work.file_offset); old.errnum != 0) {
        return old;
    }
    outcome fresh =
        complete(memory_io(*work.memory).copy_out(work.offset, buffer.first(length)), length);
    if (fresh.errnum != 0) {
        return fresh;
    }
    return complete(write_at(work.file_fd, buffer, work.file_offset), buffer.size());
}

outcome load_tail(const job& work, std::span<std::byte> buffer, std::size_t length)
{
    outcome got = complete(read_at(work.file_fd, buffer, work.file_offset), length);
    if (got.errnum != 0) {
        return got;
    }
    return complete(memory_io(*work.memory).copy_in(work.offset, buffer.first(length)), length);
}

} // namespace

aligned_buffer::aligned_buffer(std::size_t size)
    : data_(static_cast<std::byte*>(std::aligned_alloc(
          buffer_alignment, (size + buffer_alignment - 1) / buffer_alignment * buffer_alignment))),
      size_(size)
{
    if (!data_) {
        throw std::bad_alloc();
    }
    std::memset(data_.get(), 0, size_);
}

outcome move_tail(const job& work, std::size_t block)
{
    const aligned_buffer buffer(block);
    const auto length = static_cast<std::size_t>(work.length);
    outcome moved = work.heading == direction::save ? save_tail(work, buffer.bytes(), length)
                                                    : load_tail(work, buffer.bytes(), length);
    moved.done_bytes = moved.errnum == 0 ? work.length : 0;
    if (moved.errnum == 0 && work.sum != nullptr) {
        work.sum->update(buffer.bytes().first(length));
    }
    return moved;
}

} // namespace memlane::detail
