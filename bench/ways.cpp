// SPDX-License-Identifier: GPL-2.0-or-later
#include "ways.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include <liburing.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(int error, const char* what)
{
    throw std::system_error(error, std::generic_category(), what);
}

/// Calls @p move(offset, length) for each step of the job.
template <typename Move>
void each_step(const job& work, Move move)
{
    for (std::size_t at = 0; at < work.bytes; at += work.io_bytes) {
        move(at, std::min(work.io_bytes, work.bytes - at));
    }
}

void write_all(int target, const std::byte* data, std::size_t length, std::size_t at)
{
    const ssize_t written = ::pwrite(target, data, length, static_cast<off_t>(at));
    if (written != static_cast<ssize_t>(length)) {
        fail(written < 0 ? errno : ENOSPC, "pwrite");
    }
}

void transfer(const job& work, unsigned long request, std::size_t at, std::size_t length)
{
    memlane_transfer args = {};
    args.fd = work.target;
    args.offset = static_cast<std::uint64_t>(work.node_offset) + at;
    args.file_offset = at;
    args.length = length;
    args.io_bytes = static_cast<std::uint32_t>(work.io_bytes);
    args.depth = work.depth;
    if (::ioctl(work.node, request, &args) != 0) {
        fail(errno, "ioctl");
    }
}

/// An io_uring that writes a job's memory, with @p prepare filling each entry.
template <typename Prepare>
void run_uring(const job& work, io_uring& ring, Prepare prepare)
{
    std::size_t next = 0;
    unsigned in_flight = 0;
    while (next < work.bytes || in_flight != 0) {
        for (; in_flight < work.depth && next < work.bytes; in_flight++) {
            const std::size_t length = std::min(work.io_bytes, work.bytes - next);
            io_uring_sqe* entry = io_uring_get_sqe(&ring);
            prepare(*entry, next, static_cast<unsigned>(length));
            io_uring_sqe_set_data64(entry, length);
            next += length;
        }
        if (const int error = io_uring_submit_and_wait(&ring, 1); error < 0) {
            fail(-error, "io_uring_submit");
        }
        io_uring_cqe* result = nullptr;
        while (io_uring_peek_cqe(&ring, &result) == 0) {
            if (result->res < 0 || static_cast<std::size_t>(result->res) != result->user_data) {
                fail(result->res < 0 ? -result->res : ENOSPC, "io_uring write");
            }
            io_uring_cqe_seen(&ring, result);
            in_flight--;
        }
    }
}

struct ring_owner {
    explicit ring_owner(unsigned depth)
    {
        if (const int error = io_uring_queue_init(depth, &ring, 0); error < 0) {
            fail(-error, "io_uring_queue_init");
        }
    }
    ring_owner(const ring_owner&) = delete;
    ring_owner& operator=(const ring_owner&) = delete;
    ~ring_owner() { io_uring_queue_exit(&ring); }

    io_uring ring = {};
};

} // namespace

runner save(const job& work)
{
    return [=] { transfer(work, MEMLANE_IOC_SAVE, 0, work.bytes); };
}

runner load(const job& work)
{
    return [=] { transfer(work, MEMLANE_IOC_LOAD, 0, work.bytes); };
}

runner save_each(const job& work)
{
    return [=] {
        each_step(work, [&](std::size_t at, std::size_t length) {
            transfer(work, MEMLANE_IOC_SAVE, at, length);
        });
    };
}

runner write_memory(const job& work)
{
    return [=] {
        each_step(work, [&](std::size_t at, std::size_t length) {
            write_all(work.target, &work.memory[at], length, at);
        });
    };
}

runner read_and_write(const job& work)
{
    // Not at the same place in 2 MiB as the memory: the emulator's TLB, which is looked up by
    // that place, would have one entry for both, and the copy take twelve times as long.
    constexpr std::size_t aside = 4096;
    const auto buffer = std::make_shared<huge_memory>(work.io_bytes + aside);
    return [=] {
        std::byte* const data = buffer->bytes().data() + aside;
        each_step(work, [&](std::size_t at, std::size_t length) {
            const ssize_t got =
                ::pread(work.node, data, length, work.node_offset + static_cast<off_t>(at));
            if (got != static_cast<ssize_t>(length)) {
                fail(got < 0 ? errno : EIO, "pread");
            }
            write_all(work.target, data, length, at);
        });
    };
}

runner send_file(const job& work)
{
    return [=] {
        off_t from = work.node_offset;
        if (::lseek(work.target, 0, SEEK_SET) != 0) {
            fail(errno, "lseek");
        }
        for (std::size_t left = work.bytes; left != 0;) {
            const ssize_t sent = ::sendfile(work.target, work.node, &from, left);
            if (sent <= 0) {
                fail(sent < 0 ? errno : EIO, "sendfile");
            }
            left -= static_cast<std::size_t>(sent);
        }
    };
}

runner uring(const job& work)
{
    const auto ring = std::make_shared<ring_owner>(work.depth);
    return [=] {
        run_uring(work, ring->ring, [&](io_uring_sqe& entry, std::size_t at, unsigned length) {
            io_uring_prep_write(&entry, work.target, &work.memory[at], length, at);
        });
    };
}

runner uring_registered(const job& work)
{
    const auto ring = std::make_shared<ring_owner>(work.depth);
    const iovec all{work.memory.data(), work.bytes};
    if (const int error = io_uring_register_buffers(&ring->ring, &all, 1); error < 0) {
        fail(-error, "io_uring_register_buffers");
    }
    return [=] {
        run_uring(work, ring->ring, [&](io_uring_sqe& entry, std::size_t at, unsigned length) {
            io_uring_prep_write_fixed(&entry, work.target, &work.memory[at], length, at, 0);
        });
    };
}

namespace {

constexpr std::size_t huge_page = 2 << 20;

std::span<std::byte> map(std::size_t bytes, int flags, int fd, off_t offset)
{
    void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, offset);
    if (address == MAP_FAILED) {
        fail(errno, "mmap");
    }
    return {static_cast<std::byte*>(address), bytes};
}

} // namespace

huge_memory::huge_memory(std::size_t bytes)
    : bytes_(map((bytes + huge_page - 1) / huge_page * huge_page + huge_page,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
{
    const auto start = reinterpret_cast<std::uintptr_t>(bytes_.data());
    const std::size_t skip = (huge_page - start % huge_page) % huge_page;
    ::munmap(bytes_.data(), skip);
    bytes_ = bytes_.subspan(skip);
    ::madvise(bytes_.data(), bytes_.size(), MADV_HUGEPAGE);
    touch(bytes_);
}

huge_memory::~huge_memory()
{
    ::munmap(bytes_.data(), bytes_.size());
}

void touch(std::span<std::byte> memory)
{
    for (std::size_t i = 0; i < memory.size(); i += 4096) {
        memory[i] = std::byte{1};
    }
}

file_memory::file_memory(int fd, std::size_t bytes, std::int64_t offset)
    : bytes_(map(bytes, MAP_SHARED, fd, offset))
{
}

file_memory::~file_memory()
{
    ::munmap(bytes_.data(), bytes_.size());
}

} // namespace bench
