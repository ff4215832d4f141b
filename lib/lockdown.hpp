// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_LOCKDOWN_HPP
#define MEMLANE_LIB_LOCKDOWN_HPP

#include <string>

namespace memlane::detail {

/**
 * For what a kernel that is locked down (kernel_lockdown(7)) keeps even from root:
 * physical memory, the memory of devices, and modules that are not signed.
 *
 * @return that it is, and its mode; nothing where it is not, or does not tell
 */
[[nodiscard]] std::string describe_lockdown();

/** @return the same where @p errnum is EPERM, which is how it refuses; else nothing. */
[[nodiscard]] std::string explain_lockdown(int errnum);

} // namespace memlane::detail

#endif // MEMLANE_LIB_LOCKDOWN_HPP
