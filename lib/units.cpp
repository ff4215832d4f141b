// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace memlane {

namespace {

constexpr std::string_view suffixes = "KMGT";
constexpr unsigned bits_per_suffix = 10;

[[noreturn]] void reject(std::string_view text, std::string_view why)
{
    throw std::invalid_argument(fmt::format("'{}' {}", text, why));
}

/** Cuts a trailing K, M, G or T off. @return the bits it shifts by. */
unsigned take_suffix(std::string_view& digits)
{
    if (digits.empty()) {
        return 0;
    }
    const int last = std::toupper(static_cast<unsigned char>(digits.back()));
    const std::size_t index = suffixes.find(static_cast<char>(last));
    if (index == std::string_view::npos) {
        return 0;
    }
    digits.remove_suffix(1);
    return bits_per_suffix * static_cast<unsigned>(index + 1);
}

} // namespace

std::uint64_t parse_bytes(std::string_view text)
{
    std::string_view digits = text;
    const unsigned shift = take_suffix(digits);
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    if (hex) {
        digits.remove_prefix(2);
    }

    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, failure] = std::from_chars(digits.data(), end, number, hex ? 16 : 10);
    if (failure == std::errc::invalid_argument || rest != end) {
        reject(text, "is no number: digits and an optional K, M, G or T, or 0x and hex digits");
    }
    if (failure == std::errc::result_out_of_range ||
        number > std::numeric_limits<std::uint64_t>::max() >> shift) {
        reject(text, "is more than 64 bits hold");
    }
    return number << shift;
}

std::string format_bytes(std::uint64_t bytes)
{
    static constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double step = 1024.0;
    if (bytes < static_cast<std::uint64_t>(step)) {
        return fmt::format("{} B", bytes);
    }
    double value = static_cast<double>(bytes) / step;
    std::size_t unit = 0;
    while (value >= step && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    return fmt::format("{:.2f} {}", value, units[unit]);
}

} // namespace memlane
