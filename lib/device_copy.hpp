// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Copying to and from memory whose accesses cross a bus one by one. Buses of
// many CPUs refuse accesses that are not aligned, so there is none here.
#ifndef MEMLANE_LIB_DEVICE_COPY_HPP
#define MEMLANE_LIB_DEVICE_COPY_HPP

#include <cstddef>

namespace memlane::detail {

/** memcpy(3), as a function that does not throw. */
void copy_cached(std::byte* to, const std::byte* from, std::size_t length) noexcept;

/**
 * Reads device memory. On x86 by streaming loads, which fetch a whole cache
 * line at once from write-combining memory; else by words.
 */
void copy_from_device(std::byte* to, const std::byte* from, std::size_t length) noexcept;

/** Writes device memory, by the widest stores there are. */
void copy_to_device(std::byte* to, const std::byte* from, std::size_t length) noexcept;

} // namespace memlane::detail

#endif // MEMLANE_LIB_DEVICE_COPY_HPP
