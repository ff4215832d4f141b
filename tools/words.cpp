// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

template <typename Word>
std::uint64_t load(const std::byte* from)
{
    return *reinterpret_cast<const volatile Word*>(from);
}

template <typename Word>
void store(std::byte* to, std::uint64_t value)
{
    *reinterpret_cast<volatile Word*>(to) = static_cast<Word>(value);
}

} // namespace

std::uint64_t read_word(const std::byte* from, unsigned width)
{
    switch (width) {
    case 1:
        return load<std::uint8_t>(from);
    case 2:
        return load<std::uint16_t>(from);
    case 4:
        return load<std::uint32_t>(from);
    default:
        return load<std::uint64_t>(from);
    }
}

void write_word(std::byte* to, unsigned width, std::uint64_t value)
{
    switch (width) {
    case 1:
        return store<std::uint8_t>(to, value);
    case 2:
        return store<std::uint16_t>(to, value);
    case 4:
        return store<std::uint32_t>(to, value);
    default:
        return store<std::uint64_t>(to, value);
    }
}

void copy_words(std::span<const std::byte> from, std::byte* to, unsigned width)
{
    for (std::size_t i = 0; i < from.size(); i += width) {
        write_word(to + i, width, read_word(&from[i], width));
    }
}

void check_range(const source& target, std::uint64_t offset, std::uint64_t length, const char* verb)
{
    const std::uint64_t size = target.size_bytes();
    if (offset > size || length > size - offset) {
        throw_error(EINVAL, verb, "source", target.uri(),
                    fmt::format("{} bytes from offset {:#x} are not inside its {:#x} bytes", length,
                                offset, size));
    }
}

} // namespace memlane::tool
