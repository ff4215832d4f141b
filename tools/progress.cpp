// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "memlane/units.hpp"

namespace memlane::tool {

namespace {

constexpr std::size_t widest_bar = 40;
constexpr std::size_t narrowest_bar = 8;

double fraction_of(const transfer_progress& now)
{
    if (now.total_bytes == 0) {
        return 1.0;
    }
    return static_cast<double>(now.done_bytes) / static_cast<double>(now.total_bytes);
}

std::string format_rate(const transfer_progress& now, std::chrono::duration<double> elapsed)
{
    if (now.done_bytes == 0 || elapsed.count() <= 0) {
        return "";
    }
    const double rate = static_cast<double>(now.done_bytes) / elapsed.count();
    const double left = static_cast<double>(now.total_bytes - now.done_bytes) / rate;
    return fmt::format("  {}/s  {} left", format_bytes(static_cast<std::uint64_t>(rate)),
                       format_time(std::chrono::duration<double>(left)));
}

std::string format_bar(double fraction, std::size_t room)
{
    if (room < narrowest_bar + 4) {
        return "";
    }
    const std::size_t width = std::min(widest_bar, room - 4);
    const auto full = static_cast<std::size_t>(fraction * static_cast<double>(width));
    return fmt::format("[{}{}]  ", std::string(full, '#'), std::string(width - full, '.'));
}

} // namespace

std::string format_time(std::chrono::duration<double> time)
{
    const auto seconds = static_cast<std::uint64_t>(std::ceil(time.count()));
    const std::uint64_t minutes = seconds / 60;
    if (minutes < 60) {
        return fmt::format("{}:{:02}", minutes, seconds % 60);
    }
    return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

std::string format_progress(const transfer_progress& now, std::chrono::duration<double> elapsed,
                            std::size_t columns)
{
    const double fraction = fraction_of(now);
    const char* const phase = now.phase == transfer_phase::verifying ? "verifying  " : "";
    const std::string text = fmt::format(
        "{:3}%  {}{} of {}{}", static_cast<unsigned>(fraction * 100), phase,
        format_bytes(now.done_bytes), format_bytes(now.total_bytes), format_rate(now, elapsed));
    const std::size_t room = columns > text.size() ? columns - text.size() - 1 : 0;
    return (format_bar(fraction, room) + text).substr(0, columns - 1);
}

void progress_bar::update(const transfer_progress& now)
{
    if (now.phase != phase_) {
        phase_ = now.phase;
        start_ = clock::now();
    }
    if (line_.is_due()) {
        line_.show(format_progress(now, clock::now() - start_, live_line::columns()));
    }
}

} // namespace memlane::tool
