// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_VERIFY_HPP
#define MEMLANE_LIB_VERIFY_HPP

#include "memlane/direct_file.hpp"
#include "plan.hpp"

namespace memlane::detail {

/**
 * Reads the range back from the device, or from the page cache where the file
 * cannot do direct I/O, and compares it with the memory.
 *
 * @throws error EBADMSG at the first byte that differs; EINTR when stopped;
 *         those of read(2)
 */
void verify(const memory& mem, direct_file& file, const byte_range& range, const watch& observer);

} // namespace memlane::detail

#endif // MEMLANE_LIB_VERIFY_HPP
