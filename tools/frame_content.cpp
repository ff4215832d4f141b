// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_content.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "memlane/pattern.hpp"

namespace memlane::tool {

namespace {

constexpr std::array<std::string_view, 3> names = {"counter", "noise", "zero"};

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

constexpr std::uint64_t to_little_endian(std::uint64_t value) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        return __builtin_bswap64(value);
    }
    return value;
}

/** Writes what @p next says of each place, whole words and a rest. */
template <typename Next>
void fill_words(std::span<std::byte> frame, Next next) noexcept
{
    for (std::size_t offset = 0; offset < frame.size(); offset += word_bytes) {
        const std::uint64_t word = to_little_endian(next(offset));
        std::memcpy(frame.data() + offset, &word, std::min(word_bytes, frame.size() - offset));
    }
}

/** Marsaglia's xorshift. */
std::uint64_t next_random(std::uint64_t state) noexcept
{
    state ^= state << 13U;
    state ^= state >> 7U;
    return state ^ state << 17U;
}

} // namespace

std::string_view to_string(frame_content content) noexcept
{
    return names[static_cast<std::size_t>(content)];
}

void fill_frame(std::span<std::byte> frame, frame_content content, std::uint64_t sequence) noexcept
{
    switch (content) {
    case frame_content::counter:
        fill_words(frame, [=](std::size_t offset) { return sequence << 32U | offset; });
        break;
    case frame_content::noise:
        fill_words(frame, [state = pattern_word(sequence, 0) | 1U](std::size_t) mutable {
            return state = next_random(state);
        });
        break;
    case frame_content::zero:
        std::ranges::fill(frame, std::byte{0});
        break;
    }
}

} // namespace memlane::tool
