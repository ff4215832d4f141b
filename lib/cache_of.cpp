// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cache_of.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace memlane::detail {

namespace {

constexpr std::array<std::pair<std::string_view, cache_mode>, 4> names = {{
    {"write-back", cache_mode::write_back},
    {"write-combining", cache_mode::write_combining},
    {"write-through", cache_mode::write_through},
    {"uncached", cache_mode::uncached}, // also "uncached-minus"
}};

/** Reads the hex number behind the next "0x" and cuts both off. */
std::optional<std::uint64_t> take_address(std::string_view& text)
{
    const std::size_t mark = text.find("0x");
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(mark + 2);
    std::uint64_t number = 0;
    const auto [rest, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, 16);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return failure == std::errc() ? std::optional(number) : std::nullopt;
}

} // namespace

std::optional<cache_mode> find_cache_mode(std::istream& list, std::uint64_t address)
{
    for (std::string line; std::getline(list, line);) {
        std::string_view text = line;
        const auto first = take_address(text);
        const auto end = first ? take_address(text) : std::nullopt;
        if (!end || address < *first || address >= *end) {
            continue;
        }
        for (const auto& [name, mode] : names) {
            // The name stands behind the range in some kernels, before it in others.
            if (line.find(name) != std::string::npos) {
                return mode;
            }
        }
    }
    return std::nullopt;
}

} // namespace memlane::detail
