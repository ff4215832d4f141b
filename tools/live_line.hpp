// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_LIVE_LINE_HPP
#define MEMLANE_TOOLS_LIVE_LINE_HPP

#include <chrono>
#include <cstddef>
#include <string>

namespace memlane::tool {

/** A line on standard error that is written over and over; gone when the object is. */
class live_line final {
public:
    live_line() = default;
    live_line(const live_line&) = delete;
    live_line& operator=(const live_line&) = delete;
    ~live_line();

    /** @return whether standard error is a terminal, the only place for it. */
    [[nodiscard]] static bool is_wanted();

    /** @return the terminal's width, or a usual one. */
    [[nodiscard]] static std::size_t columns();

    /** @return whether it was not just shown. */
    [[nodiscard]] bool is_due() const;

    /** Shows @p text, cut to the terminal's width. Does not throw for a failed write. */
    void show(const std::string& text);

private:
    using clock = std::chrono::steady_clock;

    clock::time_point shown_ = {};
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_LIVE_LINE_HPP
