// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_DEBUG_FAIL_NTH_HPP
#define MEMLANE_TESTS_DEBUG_FAIL_NTH_HPP

#include <functional>
#include <string>
#include <vector>

namespace debug {

/// Lets every allocation of this kernel fail that can, silently; the kernel must
/// have CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC. @return whether it has.
bool prepare_fault_injection();

/// One run of an operation with one allocation failing.
struct attempt {
    int nth;      ///< which of the thread's allocations, from 1 on
    bool reached; ///< there were so many: one failed
    int error;    ///< what the operation returned
};

/// Runs @p operation, which returns 0 or an errno, with the first allocation that
/// it makes failing, then the second... until it makes no more. @p undo runs after
/// each success, with nothing failing. See Documentation/fault-injection.
std::vector<attempt> fail_each(const std::function<int()>& operation,
                               const std::function<void()>& undo);

/// What the kernel finds to be leaked by this program since clear_leaks(); empty if
/// nothing. Takes some seconds.
std::string find_leaks();
void clear_leaks();

} // namespace debug

#endif // MEMLANE_TESTS_DEBUG_FAIL_NTH_HPP
