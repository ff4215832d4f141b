// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The ways, one file each: way_KIND.cpp.
#ifndef MEMLANE_LIB_WAY_LIST_HPP
#define MEMLANE_LIB_WAY_LIST_HPP

#include "job.hpp"
#include "memlane/way.hpp"

namespace memlane::detail {

[[nodiscard]] const way& kernel();
[[nodiscard]] const way& direct();
[[nodiscard]] const way& bounce();
[[nodiscard]] const way& buffered();
[[nodiscard]] const way& stream();

/** @return the way of that kind, which is not automatic. */
[[nodiscard]] const way& way_of(way_kind kind);

} // namespace memlane::detail

#endif // MEMLANE_LIB_WAY_LIST_HPP
