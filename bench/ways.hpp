// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Ways between memory and a file, each as the bare loop that a careful user
/// would write: what they cost is the kernel's cost. All throw
/// std::system_error.
#ifndef MEMLANE_BENCH_WAYS_HPP
#define MEMLANE_BENCH_WAYS_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace bench {

/// What is moved, and in which steps.
struct job {
    int node = -1;                  ///< the region, or /dev/mem
    std::int64_t node_offset = 0;   ///< where in it the bytes begin
    std::span<std::byte> memory;    ///< the same bytes mapped, or other memory
    int target = -1;                ///< file or disk, written from its start
    std::size_t bytes = 0;          ///< in all
    std::size_t io_bytes = 1 << 20; ///< of one system call or I/O
    unsigned depth = 4;             ///< I/Os in flight, where a way has several
};

/// A way that is set up: buffers are there, rings are open, memory is
/// registered. Each call moves the whole job.
using runner = std::function<void()>;

/// SAVE: one ioctl.
runner save(const job& work);
/// SAVE, one ioctl an I/O.
runner save_each(const job& work);
/// LOAD: one ioctl.
runner load(const job& work);
/// pwrite(2) from job::memory.
runner write_memory(const job& work);
/// pread(2) from the node into an aligned buffer, and pwrite(2) from there.
runner read_and_write(const job& work);
/// sendfile(2) from the node.
runner send_file(const job& work);
/// io_uring writes from job::memory.
runner uring(const job& work);
/// io_uring writes from job::memory, registered.
runner uring_registered(const job& work);

/// Page-aligned anonymous memory in huge pages where the kernel has them,
/// touched, until scope end.
class huge_memory {
public:
    explicit huge_memory(std::size_t bytes);
    huge_memory(const huge_memory&) = delete;
    huge_memory& operator=(const huge_memory&) = delete;
    ~huge_memory();

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

private:
    std::span<std::byte> bytes_;
};

/// A mapping of @p bytes of @p fd from @p offset on, until scope end.
class file_memory {
public:
    file_memory(int fd, std::size_t bytes, std::int64_t offset = 0);
    file_memory(const file_memory&) = delete;
    file_memory& operator=(const file_memory&) = delete;
    ~file_memory();

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

private:
    std::span<std::byte> bytes_;
};

/// Writes to each page.
void touch(std::span<std::byte> memory);

} // namespace bench

#endif
