// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_CACHE_OF_HPP
#define MEMLANE_LIB_CACHE_OF_HPP

#include <cstdint>
#include <istream>
#include <optional>

#include "memlane/source.hpp"

namespace memlane::detail {

inline constexpr const char* memtype_list = "/sys/kernel/debug/x86/pat_memtype_list";

/**
 * Finds in a text like memtype_list how a physical address is mapped. The
 * kernel lists there what is mapped at the moment and not System RAM.
 */
[[nodiscard]] std::optional<cache_mode> find_cache_mode(std::istream& list, std::uint64_t address);

} // namespace memlane::detail

#endif // MEMLANE_LIB_CACHE_OF_HPP
