// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/mapping.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "memlane/error.hpp"

namespace memlane {

namespace {

constexpr std::size_t huge_page_bytes = 2U << 20U; // of x86-64 and of most others

std::size_t round_up(std::size_t bytes, std::size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/** @return whether it is more than an object in memory can be. */
constexpr bool is_too_long(std::uint64_t length_bytes, std::size_t unit) noexcept
{
    return length_bytes > std::numeric_limits<std::size_t>::max() / 2 - unit;
}

} // namespace

mapping::mapping(int fd, std::uint64_t offset_bytes, std::uint64_t length_bytes, access_mode mode,
                 std::uint32_t granularity_bytes)
{
    if (length_bytes == 0) {
        return;
    }
    const std::size_t unit = granularity_bytes != 0
                                 ? granularity_bytes
                                 : static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (is_too_long(length_bytes, unit)) {
        throw_error(ENOMEM, "map", "range", fmt::format("{:#x}+{:#x}", offset_bytes, length_bytes));
    }
    const auto length = static_cast<std::size_t>(length_bytes);
    const auto lead = static_cast<std::size_t>(offset_bytes % unit);
    const std::size_t total = round_up(lead + length, unit);
    const int protection = mode == access_mode::read_write ? PROT_READ | PROT_WRITE : PROT_READ;

    void* const start =
        ::mmap(nullptr, total, protection, MAP_SHARED, fd, static_cast<off_t>(offset_bytes - lead));
    if (start == MAP_FAILED) {
        throw_error(errno, "map", "range", fmt::format("{:#x}+{:#x}", offset_bytes, length_bytes));
    }
    pages_ = {static_cast<std::byte*>(start), total};
    bytes_ = pages_.subspan(lead, length);
}

mapping mapping::anonymous(std::size_t length_bytes)
{
    mapping made;
    if (length_bytes == 0) {
        return made;
    }
    if (is_too_long(length_bytes, huge_page_bytes)) {
        throw_error(ENOMEM, "map", "memory", fmt::format("of {} bytes", length_bytes));
    }
    // Room to begin at a huge page, without which there would be none.
    const std::size_t total = round_up(length_bytes, huge_page_bytes) + huge_page_bytes;
    void* const start =
        ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        throw_error(errno, "map", "memory", fmt::format("of {} bytes", length_bytes));
    }
    made.pages_ = {static_cast<std::byte*>(start), total};
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::size_t lead = round_up(address, huge_page_bytes) - address;
    made.bytes_ = made.pages_.subspan(lead, length_bytes);
    ::madvise(made.bytes_.data(), total - lead, MADV_HUGEPAGE); // refused: small pages do too
    return made;
}

mapping mapping::view(std::span<std::byte> bytes) noexcept
{
    mapping made;
    made.bytes_ = bytes;
    return made;
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
