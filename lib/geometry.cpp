// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/geometry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <stdexcept>

namespace memlane {

namespace {

constexpr std::uint32_t side_max = 65535;
constexpr std::uint64_t row_alignment = 64;
constexpr std::uint64_t memory_page = 4096;

std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

/** @return whether @p text is one number from 1 to side_max, and nothing else */
bool parse_side(std::string_view text, std::uint32_t& side)
{
    const char* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, side);
    return failure == std::errc{} && stop == end && side >= 1 && side <= side_max;
}

} // namespace

extent parse_extent(std::string_view text)
{
    const std::size_t cross = text.find('x');
    extent size = {};
    if (cross == std::string_view::npos || !parse_side(text.substr(0, cross), size.width) ||
        !parse_side(text.substr(cross + 1), size.height)) {
        throw std::invalid_argument(
            fmt::format("'{}' is no geometry: WIDTHxHEIGHT, each from 1 to {}", text, side_max));
    }
    return size;
}

std::uint64_t stride_of(const geometry& wanted) noexcept
{
    const std::uint64_t row = std::uint64_t{wanted.size.width} * layout_of(wanted.format).bytes();
    std::uint64_t alignment = row_alignment;
    if (wanted.pages > 1) {
        // The least that makes rows * stride a multiple of a memory page.
        const std::uint64_t least =
            memory_page / std::gcd(memory_page, std::uint64_t{wanted.size.height});
        alignment = std::max(alignment, least);
    }
    return round_up(row, alignment);
}

std::uint64_t size_of(const geometry& wanted) noexcept
{
    return stride_of(wanted) * wanted.size.height * wanted.pages;
}

} // namespace memlane
