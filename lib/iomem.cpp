// SPDX-License-Identifier: LGPL-2.1-or-later
#include "iomem.hpp"

#include <charconv>
#include <fstream>
#include <optional>

namespace memlane::detail {

namespace {

struct resource {
    std::uint64_t first;
    std::uint64_t last;
    std::string_view name;
    std::size_t depth;
};

/** Reads a hex number up to @p end_mark and cuts both off. */
std::optional<std::uint64_t> take_hex(std::string_view& text, std::string_view end_mark)
{
    std::uint64_t number = 0;
    const auto [rest, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, 16);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (failure != std::errc() || !text.starts_with(end_mark)) {
        return std::nullopt;
    }
    text.remove_prefix(end_mark.size());
    return number;
}

std::optional<resource> parse_line(std::string_view line)
{
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view rest = line.substr(indent);
    const auto first = take_hex(rest, "-");
    const auto last = first ? take_hex(rest, " : ") : std::nullopt;
    if (!last) {
        return std::nullopt;
    }
    return resource{*first, *last, rest, indent};
}

bool overlaps(const resource& entry, std::uint64_t start, std::uint64_t length)
{
    return length != 0 && entry.first <= start + (length - 1) && start <= entry.last;
}

} // namespace

std::string find_owner(std::istream& iomem, std::uint64_t start, std::uint64_t length)
{
    std::string owner;
    std::size_t owner_depth = 0;
    for (std::string line; std::getline(iomem, line);) {
        const auto entry = parse_line(line);
        if (!entry || !overlaps(*entry, start, length) || entry->name == "Reserved") {
            continue;
        }
        if (entry->name == "System RAM") {
            return line.substr(entry->depth);
        }
        if (owner.empty() || entry->depth > owner_depth) {
            owner = line.substr(entry->depth);
            owner_depth = entry->depth;
        }
    }
    return owner;
}

std::string find_owner(std::uint64_t start, std::uint64_t length)
{
    std::ifstream iomem("/proc/iomem");
    return find_owner(iomem, start, length);
}

} // namespace memlane::detail
