// SPDX-License-Identifier: GPL-2.0-or-later
//
// Single accesses to memory. Registers and device memory tell apart one
// access of four bytes and four of one, so nothing here may merge or split.
#ifndef MEMLANE_TOOLS_WORDS_HPP
#define MEMLANE_TOOLS_WORDS_HPP

#include <cstddef>
#include <cstdint>
#include <span>

#include "memlane/source.hpp"

namespace memlane::tool {

/** Reads one word. @param width 1, 2, 4 or 8 bytes, to which @p from is aligned */
[[nodiscard]] std::uint64_t read_word(const std::byte* from, unsigned width);

/** Writes one word. @param value its low @p width bytes are written */
void write_word(std::byte* to, unsigned width, std::uint64_t value);

/**
 * Copies word by word.
 *
 * @param from a multiple of @p width bytes, aligned to it
 * @param to as much room, aligned as well
 */
void copy_words(std::span<const std::byte> from, std::byte* to, unsigned width);

/**
 * @param verb for the error
 * @throws error EINVAL when the range is not inside the source
 */
void check_range(const source& target, std::uint64_t offset, std::uint64_t length,
                 const char* verb);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_WORDS_HPP
