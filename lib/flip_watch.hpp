// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_FLIP_WATCH_HPP
#define MEMLANE_LIB_FLIP_WATCH_HPP

#include <chrono>
#include <cstdint>
#include <string>

#include "memlane/unique_fd.hpp"

namespace memlane::detail {

/** The last frame that a framebuffer of ours showed. */
struct shown_frame {
    std::uint64_t number = 0; // frames so far, this one with them
    std::uint64_t offset_bytes = 0;
    std::chrono::nanoseconds timestamp = {}; // CLOCK_MONOTONIC
};

/**
 * Looks for new frames of a region with a geometry: flips, or with a single
 * page, to which nobody flips, refreshes in which it may have changed.
 */
class flip_watch final {
public:
    /**
     * @param region a bare name
     * @param by_flips else by refreshes
     * @throws error as read_attribute()
     */
    flip_watch(const std::string& region, bool by_flips);

    /** @return the last one. @throws error ENODEV when the region is gone */
    [[nodiscard]] shown_frame last() const;

    /** Waits until last() may tell of another, or the time is over, or a signal comes. */
    void wait(std::chrono::milliseconds time) const;

private:
    [[nodiscard]] std::string read(const unique_fd& attribute) const;

    std::string region_;
    bool by_flips_;
    unique_fd frames_;
    unique_fd flip_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_FLIP_WATCH_HPP
