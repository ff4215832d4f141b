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
#include "memlane/source.hpp"

/// Anonymous memory as a source, mapped window by window as a device's is, and
/// filled with guest::fill()'s pattern.
class memfd_memory final : public memlane::source {
public:
    memfd_memory(std::uint64_t size, std::uint32_t seed)
        : source("memfd:test", memlane::access_mode::read_write,
                 {.fd = make(size), .size_bytes = size, .readable = true}),
          map_(fd(), static_cast<std::size_t>(size), PROT_READ | PROT_WRITE)
    {
        guest::fill(bytes(), seed);
    }

    [[nodiscard]] std::span<unsigned char> bytes() const { return map_.bytes(); }

private:
    static memlane::unique_fd make(std::uint64_t size)
    {
        memlane::unique_fd fd(::memfd_create("memory", MFD_CLOEXEC));
        if (fd.get() < 0 || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
            throw std::system_error(errno, std::generic_category(), "memfd");
        }
        return fd;
    }

    guest::mapping map_;
};

#endif
