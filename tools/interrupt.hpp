// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_INTERRUPT_HPP
#define MEMLANE_TOOLS_INTERRUPT_HPP

#include <atomic>

namespace memlane::tool {

/**
 * From here on SIGINT, SIGTERM and SIGHUP end a transfer in good order instead
 * of the process; but those that it was started to ignore, by nohup(1) or in the
 * background of a shell, are still ignored.
 *
 * @return the flag they set, for transfer_options::stop
 */
const std::atomic<bool>& catch_interrupts();

/** @return the signal that came, or 0. */
[[nodiscard]] int interrupted_by() noexcept;

/**
 * @return whether that was SIGINT or SIGTERM, which is how people end what has no end of
 *         its own; a terminal that hangs up is none
 */
[[nodiscard]] bool ended_on_request() noexcept;

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_INTERRUPT_HPP
