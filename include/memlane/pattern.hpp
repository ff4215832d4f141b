// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_PATTERN_HPP
#define MEMLANE_PATTERN_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace memlane {

/**
 * @return the 8 bytes at 8 * @p index of the pattern in a source memfd:SIZE@SEED,
 *         which are stored with the lowest byte first
 */
[[nodiscard]] constexpr std::uint64_t pattern_word(std::uint64_t seed, std::uint64_t index) noexcept
{
    // Two odd constants with bits all over: words repeat nowhere, and no seed's are another's.
    return (seed + 1) * 0xd1b54a32d192ed03U + index * 0x9e3779b97f4a7c15U;
}

/**
 * Fills @p bytes with the pattern.
 *
 * @param offset_bytes where they lie in it, a multiple of 8
 */
void fill_pattern(std::span<std::byte> bytes, std::uint64_t seed, std::uint64_t offset_bytes = 0);

} // namespace memlane

#endif // MEMLANE_PATTERN_HPP
