// SPDX-License-Identifier: LGPL-2.1-or-later
#include "block.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace memlane::detail {

namespace {

constexpr std::size_t buffer_alignment = 4096;

/** @return 0 or an errno. */
int write_once(int fd, std::span<const std::byte> bytes, std::uint64_t offset)
{
    ssize_t written = 0;
    do {
        written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        return errno;
    }
    return static_cast<std::size_t>(written) == bytes.size() ? 0 : ENOSPC;
}

int save_tail(const job& work, std::span<std::byte> buffer, std::size_t length)
{
    // What the file does not have of its last block is written as zeros.
    if (const outcome old = read_at(work.file_fd, buffer, work.file_offset); old.errnum != 0) {
        return old.errnum;
    }
    const outcome fresh = read_at(work.memory_fd, buffer.first(length), work.offset);
    if (fresh.errnum != 0 || fresh.done_bytes < length) {
        return fresh.errnum != 0 ? fresh.errnum : EIO;
    }
    return write_once(work.file_fd, buffer, work.file_offset);
}

int load_tail(const job& work, std::span<std::byte> buffer, std::size_t length)
{
    const outcome got = read_at(work.file_fd, buffer, work.file_offset);
    if (got.errnum != 0 || got.done_bytes < length) {
        return got.errnum != 0 ? got.errnum : EIO; // EIO: the file was cut meanwhile
    }
    return write_once(work.memory_fd, buffer.first(length), work.offset);
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

outcome read_at(int fd, std::span<std::byte> buffer, std::uint64_t offset)
{
    ssize_t got = 0;
    do {
        got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return {.errnum = errno};
    }
    return {.done_bytes = static_cast<std::uint64_t>(got)};
}

outcome move_tail(const job& work, std::size_t block)
{
    const aligned_buffer buffer(block);
    const auto length = static_cast<std::size_t>(work.length);
    const int errnum = work.heading == direction::save ? save_tail(work, buffer.bytes(), length)
                                                       : load_tail(work, buffer.bytes(), length);
    return {.done_bytes = errnum == 0 ? work.length : 0, .errnum = errnum};
}

} // namespace memlane::detail
