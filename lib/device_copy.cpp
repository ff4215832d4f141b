// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_copy.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace memlane::detail {

namespace {

using word = std::uintptr_t;

using copy_bytes = void (*)(std::byte*& to, const std::byte*& from, std::size_t count);
using copy_blocks = void (*)(std::byte* to, const std::byte* from, std::size_t length);

/** @return bytes from @p address up to the next multiple of @p unit. */
std::size_t gap_to_multiple(const std::byte* address, std::size_t unit)
{
    return (unit - reinterpret_cast<std::uintptr_t>(address) % unit) % unit;
}

void read_bytes(std::byte*& to, const std::byte*& from, std::size_t count)
{
    const volatile std::byte* device = from;
    for (std::size_t i = 0; i < count; ++i) {
        to[i] = device[i];
    }
    to += count;
    from += count;
}

void write_bytes(std::byte*& to, const std::byte*& from, std::size_t count)
{
    volatile std::byte* device = to;
    for (std::size_t i = 0; i < count; ++i) {
        device[i] = from[i];
    }
    to += count;
    from += count;
}

/** Whole words; @p from is aligned. */
void read_words(std::byte* to, const std::byte* from, std::size_t length)
{
    const auto* const device = reinterpret_cast<const volatile word*>(from);
    for (std::size_t i = 0; i < length / sizeof(word); ++i) {
        const word value = device[i];
        std::memcpy(to + i * sizeof(word), &value, sizeof(word));
    }
}

/** Whole words; @p to is aligned. */
void write_words(std::byte* to, const std::byte* from, std::size_t length)
{
    auto* const device = reinterpret_cast<volatile word*>(to);
    for (std::size_t i = 0; i < length / sizeof(word); ++i) {
        word value = 0;
        std::memcpy(&value, from + i * sizeof(word), sizeof(word));
        device[i] = value;
    }
}

constexpr std::size_t block_bytes = 64; // a cache line, and a multiple of any word

#if defined(__x86_64__) || defined(__i386__)

__attribute__((target("sse4.1"))) void read_streaming(std::byte* to, const std::byte* from,
                                                      std::size_t length)
{
    for (std::size_t i = 0; i < length; i += block_bytes) {
        // The intrinsic's argument lacks a const that the instruction has.
        auto* line = reinterpret_cast<__m128i*>(const_cast<std::byte*>(from + i));
        auto* const out = reinterpret_cast<__m128i*>(to + i);
        const __m128i first = _mm_stream_load_si128(line);
        const __m128i second = _mm_stream_load_si128(line + 1);
        const __m128i third = _mm_stream_load_si128(line + 2);
        const __m128i fourth = _mm_stream_load_si128(line + 3);
        _mm_storeu_si128(out, first);
        _mm_storeu_si128(out + 1, second);
        _mm_storeu_si128(out + 2, third);
        _mm_storeu_si128(out + 3, fourth);
    }
}

__attribute__((target("sse2"))) void write_streaming(std::byte* to, const std::byte* from,
                                                     std::size_t length)
{
    constexpr std::size_t unit = sizeof(__m128i);
    for (std::size_t i = 0; i < length; i += unit) {
        _mm_stream_si128(reinterpret_cast<__m128i*>(to + i),
                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
    }
    _mm_sfence();
}

const copy_blocks read_blocks = __builtin_cpu_supports("sse4.1") ? read_streaming : read_words;
const copy_blocks write_blocks = __builtin_cpu_supports("sse2") ? write_streaming : write_words;

#else

constexpr copy_blocks read_blocks = read_words;
constexpr copy_blocks write_blocks = write_words;

#endif

/** Copies single bytes up to the first block of @p device, which is one side, then blocks. */
void copy_aligned(std::byte* to, const std::byte* from, std::size_t length, const std::byte* device,
                  copy_bytes bytes, copy_blocks blocks)
{
    const std::size_t head = std::min(gap_to_multiple(device, block_bytes), length);
    bytes(to, from, head);
    const std::size_t body = (length - head) / block_bytes * block_bytes;
    blocks(to, from, body);
    to += body;
    from += body;
    bytes(to, from, length - head - body);
}

} // namespace

void copy_cached(std::byte* to, const std::byte* from, std::size_t length) noexcept
{
    std::memcpy(to, from, length);
}

void copy_from_device(std::byte* to, const std::byte* from, std::size_t length) noexcept
{
    copy_aligned(to, from, length, from, read_bytes, read_blocks);
}

void copy_to_device(std::byte* to, const std::byte* from, std::size_t length) noexcept
{
    copy_aligned(to, from, length, to, write_bytes, write_blocks);
}

} // namespace memlane::detail
