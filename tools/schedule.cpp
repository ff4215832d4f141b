// SPDX-License-Identifier: GPL-2.0-or-later
#include "schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <stdexcept>

#include "memlane/units.hpp"

namespace memlane::tool {

namespace {

using std::chrono::steady_clock;

/** Until @p when, or until a signal comes. */
void sleep_until(steady_clock::time_point when)
{
    const auto since = when.time_since_epoch();
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(since);
    const std::chrono::nanoseconds rest = since - whole;
    const timespec until = {.tv_sec = static_cast<std::time_t>(whole.count()),
                            .tv_nsec = static_cast<long>(rest.count())};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

double parse_frames(std::string_view text)
{
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    // Not the other way round, which "nan" would pass.
    const bool possible = value == 0 || (value >= slowest_rate && value <= fastest_rate);
    if (error != std::errc() || stop != end || !possible) {
        throw std::invalid_argument(
            fmt::format("'{}' is no rate: frames a second from {} to {:.0f}, or bytes as 100M/s; "
                        "0 is as fast as can be",
                        text, slowest_rate, fastest_rate));
    }
    return value;
}

} // namespace

double rate::frames_per_second(std::uint64_t frame_bytes) const noexcept
{
    return of_bytes ? per_second / static_cast<double>(frame_bytes) : per_second;
}

rate parse_rate(std::string_view text)
{
    constexpr std::string_view per_second = "/s";
    if (!text.ends_with(per_second)) {
        return {.per_second = parse_frames(text), .of_bytes = false};
    }
    const std::string_view size = text.substr(0, text.size() - per_second.size());
    return {.per_second = static_cast<double>(parse_bytes(size)), .of_bytes = true};
}

schedule::seconds schedule::due(std::uint64_t number) const noexcept
{
    return seconds(rate_ > 0 ? static_cast<double>(number) / rate_ : 0);
}

std::uint64_t schedule::current() const
{
    return static_cast<std::uint64_t>(elapsed().count() * rate_);
}

void schedule::wait_for(std::uint64_t number, const std::atomic<bool>& stop, seconds end) const
{
    wait_until(std::min(due(number), end), stop);
}

void schedule::wait_until(seconds time, const std::atomic<bool>& stop) const
{
    constexpr auto longest = seconds(1e9); // beyond lies the end of the clock's numbers
    const auto when = start_ + std::chrono::ceil<clock::duration>(std::min(time, longest));
    while (!stop && clock::now() < when) {
        sleep_until(when);
    }
}

} // namespace memlane::tool
