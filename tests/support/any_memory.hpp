// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// One kind of memory after the other: what the library shall say of each, and
/// how to get hold of it.
#ifndef MEMLANE_TESTS_SUPPORT_ANY_MEMORY_HPP
#define MEMLANE_TESTS_SUPPORT_ANY_MEMORY_HPP

#include <cerrno>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace guest {

/// Memory to look at, and what keeps it there.
struct present_memory {
    std::shared_ptr<void> keeper;
    std::string uri;
    std::uintptr_t address = 0; ///< in this process, where there is no uri
};

/// A row of the table of mappings; see docs/testing.md.
struct memory_kind {
    const char* name;
    present_memory (*make)();
    int direct_errnum; ///< of a direct write from it
    const char* cache; ///< its mode
    const char* best;  ///< the way to a file
    bool loads = true; ///< it can be filled
};

inline std::ostream& operator<<(std::ostream& out, const memory_kind& kind)
{
    return out << kind.name;
}

/// @return all kinds that the guest of tests/run has.
std::vector<memory_kind> memory_kinds();

} // namespace guest

#endif
