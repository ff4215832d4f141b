// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_SOURCE_PROCESS_HPP
#define MEMLANE_LIB_SOURCE_PROCESS_HPP

#include <sys/types.h>

#include <memory>

#include "memlane/source.hpp"
#include "smaps.hpp"

namespace memlane::detail {

/**
 * Maps what another process has mapped, from the same open file, as a source
 * "pid:PID@ADDRESS" that begins at @p address and ends with the mapping.
 *
 * @return nothing where there is no file behind it, or no descriptor of it left
 * @throws error EPERM without the right to trace the process
 */
[[nodiscard]] std::unique_ptr<source> open_process(pid_t pid, std::uint64_t address,
                                                   const vm_area& area);

} // namespace memlane::detail

#endif // MEMLANE_LIB_SOURCE_PROCESS_HPP
