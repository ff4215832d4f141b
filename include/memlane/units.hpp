// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_UNITS_HPP
#define MEMLANE_UNITS_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace memlane {

/**
 * Reads a count of bytes: decimal digits, or 0x and hex digits, then
 * optionally K, M, G or T (1024, 1024^2...; either case).
 *
 * @throws std::invalid_argument when @p text is anything else, or more than
 *         64 bits hold; its what() quotes @p text
 */
[[nodiscard]] std::uint64_t parse_bytes(std::string_view text);

/** @return "512 B", "1.25 GiB": two decimals, binary units. */
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

} // namespace memlane

#endif // MEMLANE_UNITS_HPP
