// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_IOMEM_HPP
#define MEMLANE_LIB_IOMEM_HPP

#include <cstdint>
#include <istream>
#include <string>

namespace memlane::detail {

/**
 * Finds in a text like /proc/iomem who holds part of a physical range: System
 * RAM if any of it is, else the innermost owner that is not just "Reserved".
 *
 * @return "00100000-bffdffff : System RAM", or nothing
 */
[[nodiscard]] std::string find_owner(std::istream& iomem, std::uint64_t start,
                                     std::uint64_t length);

/** @return the same of this machine, as far as the caller may know. */
[[nodiscard]] std::string find_owner(std::uint64_t start, std::uint64_t length);

} // namespace memlane::detail

#endif // MEMLANE_LIB_IOMEM_HPP
