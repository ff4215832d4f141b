// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/mapping.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "memlane/error.hpp"

namespace memlane {

mapping::mapping(int fd, std::uint64_t offset_bytes, std::size_t length_bytes, access_mode mode)
{
    if (length_bytes == 0) {
        return;
    }
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const auto lead = static_cast<std::size_t>(offset_bytes % page);
    const int protection = mode == access_mode::read_write ? PROT_READ | PROT_WRITE : PROT_READ;

    void* const start = ::mmap(nullptr, lead + length_bytes, protection, MAP_SHARED, fd,
                               static_cast<off_t>(offset_bytes - lead));
    if (start == MAP_FAILED) {
        throw_error(errno, "map", "range", fmt::format("{:#x}+{:#x}", offset_bytes, length_bytes));
    }
    pages_ = {static_cast<std::byte*>(start), lead + length_bytes};
    bytes_ = pages_.subspan(lead);
}

mapping::mapping(mapping&& other) noexcept
    : pages_(std::exchange(other.pages_, {})), bytes_(std::exchange(other.bytes_, {}))
{
}

mapping& mapping::operator=(mapping&& other) noexcept
{
    std::swap(pages_, other.pages_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

mapping::~mapping()
{
    if (!pages_.empty()) {
        ::munmap(pages_.data(), pages_.size());
    }
}

} // namespace memlane
