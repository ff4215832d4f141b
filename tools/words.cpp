// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "memlane/error.hpp"
#include "memlane/memory_reader.hpp"

namespace memlane::tool {

namespace {

constexpr std::uint64_t window_bytes = 1U << 20U; // so that a huge region needs no huge mapping
constexpr std::size_t piece_bytes = 4096;

/** @return where the number's low bytes are among those of 64 bits. */
constexpr std::size_t start_of(std::size_t width) noexcept
{
    return std::endian::native == std::endian::little ? 0 : sizeof(std::uint64_t) - width;
}

/** Reads whole words as such, the rest by bytes: there is nothing behind it. */
void read_words(const memory_reader& window, std::uint64_t at, std::span<std::byte> to,
                unsigned width)
{
    const std::size_t words = to.size() - to.size() % width;
    window.read_words(at, to.first(words), width);
    window.read_words(at + words, to.subspan(words), 1);
}

} // namespace

std::uint64_t word_of(std::span<const std::byte> bytes) noexcept
{
    std::uint64_t value = 0;
    std::memcpy(reinterpret_cast<std::byte*>(&value) + start_of(bytes.size()), bytes.data(),
                bytes.size());
    return value;
}

void put_word(std::span<std::byte> bytes, std::uint64_t value) noexcept
{
    std::memcpy(bytes.data(), reinterpret_cast<const std::byte*>(&value) + start_of(bytes.size()),
                bytes.size());
}

void for_each_piece(
    const source& memory, std::uint64_t offset, std::uint64_t length, unsigned width,
    const std::function<void(std::uint64_t offset, std::span<const std::byte> bytes)>& take)
{
    const std::uint64_t end = offset + length;
    std::array<std::byte, piece_bytes> buffer;
    for (std::uint64_t start = offset; start < end;) {
        const std::uint64_t stop = std::min(end, start + window_bytes);
        const memory_reader window(memory, start, stop - start);
        for (std::uint64_t at = start; at < stop;) {
            const auto size = std::min<std::uint64_t>(piece_bytes, stop - at);
            const auto bytes = std::span(buffer).first(static_cast<std::size_t>(size));
            read_words(window, at - start, bytes, width);
            take(at, bytes);
            at += size;
        }
        start = stop;
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
