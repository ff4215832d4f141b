// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/frame_stamp.hpp"

#include <isa-l/crc.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <string_view>

namespace memlane {

namespace {

constexpr std::string_view magic = "MLFRAME1";

// Where the numbers are.
constexpr std::size_t sequence_at = 8;
constexpr std::size_t sum_at = 16;
constexpr std::size_t length_at = 24;
constexpr std::size_t crc_at = 28;

using stamp_bytes = std::array<std::byte, frame_stamp_bytes>;

template <typename Number>
void put(std::span<std::byte> to, Number value) noexcept
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        to[i] = static_cast<std::byte>(value >> 8 * i);
    }
}

template <typename Number>
Number get(std::span<const std::byte> from) noexcept
{
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value |= static_cast<Number>(std::to_integer<Number>(from[i]) << 8 * i);
    }
    return value;
}

std::uint32_t crc_of(const stamp_bytes& stamp) noexcept
{
    // The argument is const in all but its type; the function leaves the inversions to us.
    auto* const data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(stamp.data()));
    return ~::crc32_iscsi(data, static_cast<int>(crc_at),
                          std::numeric_limits<std::uint32_t>::max());
}

} // namespace

void stamp_frame(std::span<std::byte> whole, std::uint64_t sequence) noexcept
{
    assert(whole.size() >= frame_stamp_bytes &&
           whole.size() <= std::numeric_limits<std::uint32_t>::max());
    const auto content = whole.subspan(frame_stamp_bytes);
    stamp_bytes stamp = {};
    const std::span all(stamp);
    std::ranges::copy(std::as_bytes(std::span(magic)), stamp.begin());
    put(all.subspan(sequence_at), sequence);
    put<std::uint64_t>(all.subspan(sum_at), ::XXH3_64bits(content.data(), content.size()));
    put(all.subspan(length_at), static_cast<std::uint32_t>(whole.size()));
    put(all.subspan(crc_at), crc_of(stamp));
    std::ranges::copy(stamp, whole.begin());
}

stamp_verdict check_stamp(std::span<const std::byte> whole, std::uint64_t sequence) noexcept
{
    if (whole.size() < frame_stamp_bytes) {
        return stamp_verdict::missing;
    }
    stamp_bytes stamp;
    std::ranges::copy(whole.first(frame_stamp_bytes), stamp.begin());
    const std::span<const std::byte> all(stamp);
    if (!std::ranges::equal(all.first(magic.size()), std::as_bytes(std::span(magic))) ||
        get<std::uint32_t>(all.subspan(crc_at)) != crc_of(stamp)) {
        return stamp_verdict::missing;
    }
    if (get<std::uint64_t>(all.subspan(sequence_at)) != sequence ||
        get<std::uint32_t>(all.subspan(length_at)) != whole.size()) {
        return stamp_verdict::other;
    }
    const auto content = whole.subspan(frame_stamp_bytes);
    const std::uint64_t sum = ::XXH3_64bits(content.data(), content.size());
    return get<std::uint64_t>(all.subspan(sum_at)) == sum ? stamp_verdict::good
                                                          : stamp_verdict::damaged;
}

} // namespace memlane
