// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_SCHEDULE_HPP
#define MEMLANE_TOOLS_SCHEDULE_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

namespace memlane::tool {

/** How often, as people say it. */
struct rate {
    double per_second = 0; /**< 0: as often as can be */
    bool of_bytes = false; /**< else of frames */

    /** @return frames a second, if each has @p frame_bytes. */
    [[nodiscard]] double frames_per_second(std::uint64_t frame_bytes) const noexcept;
};

/** What a schedule takes, beside 0. */
inline constexpr double slowest_rate = 0.001;
inline constexpr double fastest_rate = 1e9;

/**
 * Reads "25" or "29.97", which are frames a second, and "100M/s", bytes.
 *
 * @throws std::invalid_argument for anything else; its what() quotes @p text
 */
[[nodiscard]] rate parse_rate(std::string_view text);

/**
 * When frames are due. Each is counted from the start, so that no error adds up:
 * the average is exact, and who is late catches up.
 */
class schedule final {
public:
    using seconds = std::chrono::duration<double>;

    static constexpr auto never = seconds(std::numeric_limits<double>::infinity());

    /** @param frames_per_second from slowest_rate to fastest_rate; 0: each is due at once */
    explicit schedule(double frames_per_second) : rate_(frames_per_second) {}

    /** @return from the start to frame @p number */
    [[nodiscard]] seconds due(std::uint64_t number) const noexcept;

    [[nodiscard]] seconds elapsed() const { return clock::now() - start_; }

    /** @return the frame that is due right now; 0 without a rate */
    [[nodiscard]] std::uint64_t current() const;

    /** Sleeps until frame @p number is due, or @p end is over, or @p stop is set by a signal. */
    void wait_for(std::uint64_t number, const std::atomic<bool>& stop, seconds end = never) const;

    /** Sleeps until that long after the start, or @p stop is set by a signal. */
    void wait_until(seconds time, const std::atomic<bool>& stop) const;

private:
    using clock = std::chrono::steady_clock;

    double rate_;
    clock::time_point start_ = clock::now();
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_SCHEDULE_HPP
