// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PROGRESS_HPP
#define MEMLANE_TOOLS_PROGRESS_HPP

#include <chrono>
#include <string>

#include "live_line.hpp"
#include "memlane/transfer.hpp"

namespace memlane::tool {

/**
 * One line: a bar, percent, bytes, rate and the time left at that rate.
 *
 * @param elapsed since the phase began
 * @param columns the line is shorter than this, without the bar if need be
 */
[[nodiscard]] std::string format_progress(const transfer_progress& now,
                                          std::chrono::duration<double> elapsed,
                                          std::size_t columns);

/** @return "0:05", "12:34" or "1:02:03", rounded up to seconds. */
[[nodiscard]] std::string format_time(std::chrono::duration<double> time);

/** A progress line on standard error; gone when the object is. */
class progress_bar final {
public:
    /** @return whether standard error is a terminal, the only place for a bar. */
    [[nodiscard]] static bool is_wanted() { return live_line::is_wanted(); }

    /** Draws it anew, unless it was just drawn. Does not throw for a failed write. */
    void update(const transfer_progress& now);

private:
    using clock = std::chrono::steady_clock;

    transfer_phase phase_ = transfer_phase::moving;
    clock::time_point start_ = clock::now();
    live_line line_;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PROGRESS_HPP
