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
 * @param sum gets what was read, if there is one
 * @throws error EBADMSG at the first byte that differs; EINTR when stopped;
 *         those of read(2)
 */
void verify(const source& memory, direct_file& file, const byte_range& range, const watch& observer,
            digest* sum = nullptr);

} // namespace memlane::detail

#endif // MEMLANE_LIB_VERIFY_HPP
