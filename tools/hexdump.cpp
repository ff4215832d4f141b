// SPDX-License-Identifier: GPL-2.0-or-later
#include "hexdump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace memlane::tool {

namespace {

constexpr std::size_t half_row = hex_row_bytes / 2;

char printable(std::byte value)
{
    const auto code = std::to_integer<unsigned char>(value);
    return code >= 0x20 && code < 0x7f ? static_cast<char>(code) : '.';
}

/** @return the hex digits of a word, most significant first. */
std::string format_word(std::span<const std::byte> bytes)
{
    std::string digits;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t from_top =
            std::endian::native == std::endian::little ? bytes.size() - 1 - i : i;
        fmt::format_to(std::back_inserter(digits), "{:02x}",
                       std::to_integer<unsigned>(bytes[from_top]));
    }
    return digits;
}

} // namespace

std::string format_hex_row(std::uint64_t address, std::span<const std::byte> row, unsigned width)
{
    std::string line = fmt::format("{:08x} ", address);
    for (std::size_t i = 0; i < hex_row_bytes; i += width) {
        line += i == half_row ? "  " : " ";
        const auto word = row.subspan(std::min(i, row.size()));
        line += fmt::format("{:>{}}",
                            format_word(word.first(std::min<std::size_t>(width, word.size()))),
                            2 * width);
    }
    line += "  |";
    std::transform(row.begin(), row.end(), std::back_inserter(line), printable);
    return line + "|";
}

hex_dumper::hex_dumper(unsigned width, bool fold, std::function<void(std::string_view)> put)
    : width_(width), fold_(fold), put_(std::move(put))
{
}

void hex_dumper::add(std::uint64_t address, std::span<const std::byte> row)
{
    if (repeats(row)) {
        if (!std::exchange(folding_, true)) {
            put_("*");
        }
        return;
    }
    put_(format_hex_row(address, row, width_));
    folding_ = false;
    has_last_ = row.size() == hex_row_bytes;
    std::copy(row.begin(), row.end(), last_.begin());
}

void hex_dumper::finish(std::uint64_t end_address)
{
    put_(fmt::format("{:08x}", end_address));
}

bool hex_dumper::repeats(std::span<const std::byte> row) const
{
    return fold_ && has_last_ && std::equal(row.begin(), row.end(), last_.begin(), last_.end());
}

} // namespace memlane::tool
