// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_FRAME_HPP
#define MEMLANE_FRAME_HPP

#include <chrono>
#include <cstdint>

namespace memlane {

/** Bits of frame::flags. */
namespace frame_flag {
inline constexpr std::uint32_t error = 1U << 0U;   /**< the producer says that it is damaged */
inline constexpr std::uint32_t stamped = 1U << 1U; /**< begins with a stamp, see frame_stamp.hpp */
} // namespace frame_flag

/** What is known of a frame beside its bytes. */
struct frame {
    std::uint64_t sequence = 0;              /**< frames that were committed before this one */
    std::uint64_t dropped = 0;               /**< frames that are missing in front of it */
    std::chrono::nanoseconds timestamp = {}; /**< CLOCK_MONOTONIC; whatever the producer says */
    std::uint32_t length_bytes = 0;
    std::uint32_t flags = 0; /**< of frame_flag */
    std::uint32_t slot = 0;  /**< in the ring; its bytes begin at this times the slot size */

    friend bool operator==(const frame&, const frame&) = default;
};

} // namespace memlane

#endif // MEMLANE_FRAME_HPP
