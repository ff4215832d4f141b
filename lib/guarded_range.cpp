// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guarded_range.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cerrno>

#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

guarded_range::guarded_range(const source& memory, std::uint64_t offset_bytes,
                             std::uint64_t length_bytes)
    : memory_(memory), offset_(offset_bytes), access_(best_access(memory)),
      range_(memory.map(offset_bytes, length_bytes))
{
}

std::span<std::byte> guarded_range::part(std::uint64_t offset_bytes, std::size_t length) const
{
    assert(offset_bytes + length <= range_.bytes().size());
    return range_.bytes().subspan(static_cast<std::size_t>(offset_bytes), length);
}

std::span<std::byte> guarded_range::words(std::uint64_t offset_bytes, std::size_t length,
                                          unsigned width, std::string_view verb) const
{
    const std::span<std::byte> bytes = part(offset_bytes, length);
    if (length % width != 0 || reinterpret_cast<std::uintptr_t>(bytes.data()) % width != 0) {
        throw_error(EINVAL, verb, "source", memory_.uri(),
                    fmt::format("{} bytes at offset {} are no aligned words of {}", length,
                                offset_ + offset_bytes, width));
    }
    return bytes;
}

void guarded_range::require(std::size_t done, std::size_t wanted, std::string_view verb,
                            std::uint64_t offset_bytes) const
{
    if (done < wanted) {
        throw_error(EFAULT, verb, "source", memory_.uri(),
                    describe_gap(memory_, offset_ + offset_bytes + done));
    }
}

} // namespace memlane::detail
