// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a diagnosis tells people to do.
#ifndef MEMLANE_LIB_ADVICE_HPP
#define MEMLANE_LIB_ADVICE_HPP

#include <string>
#include <string_view>
#include <vector>

#include "memlane/diagnosis.hpp"

namespace memlane::detail {

/** @return for a driver's author: how a mapping becomes one that direct I/O can use. */
[[nodiscard]] std::string driver_advice();

/** @return what helps with a device of that name that maps without struct pages. */
[[nodiscard]] std::string advice_for_device(std::string_view node);

/** @param source_advice what helps where the memory cannot be pinned */
[[nodiscard]] std::vector<std::string> give_advice(const diagnosis& found,
                                                   const std::string& source_advice);

} // namespace memlane::detail

#endif // MEMLANE_LIB_ADVICE_HPP
