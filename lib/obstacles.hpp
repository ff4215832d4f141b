// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What stands between a range and direct I/O, in words; nothing if it can be done.
#ifndef MEMLANE_LIB_OBSTACLES_HPP
#define MEMLANE_LIB_OBSTACLES_HPP

#include <string>

#include "memlane/direct_file.hpp"
#include "memlane/way.hpp"

namespace memlane::detail {

/** From a buffer. */
[[nodiscard]] std::string why_not_direct(const direct_file& file, const byte_range& range);

/** From the memory itself. */
[[nodiscard]] std::string why_not_zero_copy(const direct_file& file, const byte_range& range);

} // namespace memlane::detail

#endif // MEMLANE_LIB_OBSTACLES_HPP
