// SPDX-License-Identifier: GPL-2.0-or-later
//
// Single accesses to memory. Registers and device memory tell apart one
// access of four bytes and four of one, so nothing here may merge or split.
#ifndef MEMLANE_TOOLS_WORDS_HPP
#define MEMLANE_TOOLS_WORDS_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "memlane/source.hpp"

namespace memlane::tool {

/** @return the number in 1 to 8 bytes, in this machine's byte order. */
[[nodiscard]] std::uint64_t word_of(std::span<const std::byte> bytes) noexcept;

/** Puts the low bytes of a number in place, in this machine's byte order. */
void put_word(std::span<std::byte> bytes, std::uint64_t value) noexcept;

/**
 * Reads a range piece by piece, one access a word; what is left at its end is read by
 * bytes. Pieces are of 4 KiB, but the last.
 *
 * @param take gets each piece, and where it is in the source
 * @throws error EFAULT where the memory is not there any more, after what lies before it
 */
void for_each_piece(
    const source& memory, std::uint64_t offset, std::uint64_t length, unsigned width,
    const std::function<void(std::uint64_t offset, std::span<const std::byte> bytes)>& take);

/**
 * @param verb for the error
 * @throws error EINVAL when the range is not inside the source
 */
void check_range(const source& target, std::uint64_t offset, std::uint64_t length,
                 const char* verb);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_WORDS_HPP
