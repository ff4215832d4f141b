// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_UNIT_MEMFD_MEMORY_HPP
#define MEMLANE_TESTS_UNIT_MEMFD_MEMORY_HPP

#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>

#include <sys/mman.h>
#include <unistd.h>

#include "guest.hpp"
#include "job.hpp"

/// Anonymous memory in the place of a region, filled with guest::fill()'s
/// pattern. It can do all that a region can but SAVE and LOAD.
class memfd_memory final {
public:
    memfd_memory(std::uint64_t size, std::uint32_t seed)
        : fd_(::memfd_create("memory", MFD_CLOEXEC)), size_(sized(fd_, size)),
          map_(fd_, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE)
    {
        guest::fill(bytes(), seed);
    }

    [[nodiscard]] memlane::detail::memory view() const
    {
        return {.fd = fd_,
                .size_bytes = size_,
                .page_bytes = 4096,
                .label = "memfd:test",
                .has_kernel_way = false};
    }

    [[nodiscard]] std::span<unsigned char> bytes() const { return map_.bytes(); }

private:
    static std::uint64_t sized(int fd, std::uint64_t size)
    {
        if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(size)) != 0) {
            throw std::system_error(errno, std::generic_category(), "memfd");
        }
        return size;
    }

    guest::fd fd_;
    std::uint64_t size_;
    guest::mapping map_;
};

#endif
