// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_RECORDING_INFO_HPP
#define MEMLANE_RECORDING_INFO_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "memlane/geometry.hpp"

namespace memlane {

/** Whether a recording came to its end. */
enum class recording_state {
    recording, /**< going on, or cut off */
    complete,  /**< ended in good order, if perhaps early */
    repaired,  /**< was cut off; all of it is valid since */
};

/** @return "recording", "complete" or "repaired". */
[[nodiscard]] std::string_view to_string(recording_state state) noexcept;

/** Pictures that are frames: a framebuffer was recorded. */
struct recorded_picture {
    extent size;
    pixel_format format;
    std::uint32_t stride_bytes; /**< from one row to the next */
    std::uint32_t refresh_hz;   /**< 0: not known */

    friend bool operator==(const recorded_picture&, const recorded_picture&) = default;
};

/** Of the frames in a recording. */
struct recording_totals {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;   /**< of the frames, without what is between them */
    std::uint64_t dropped = 0; /**< frames that are missing between the first and the last */
    std::uint64_t errors = 0;  /**< frames of which the producer says that they are damaged */
    std::uint64_t first_sequence = 0; /**< this and those below: 0 without a frame */
    std::uint64_t last_sequence = 0;
    std::chrono::nanoseconds first_timestamp = {};
    std::chrono::nanoseconds last_timestamp = {};
    std::uint32_t files = 0; /**< OUT.raw, and those that --rotate began */

    friend bool operator==(const recording_totals&, const recording_totals&) = default;
};

/** What OUT.json says. */
struct recording_info {
    std::string id;      /**< 32 hex digits, in OUT.index too */
    std::string source;  /**< "memlane:capture" */
    std::string created; /**< UTC, as "2026-11-25T18:00:00Z"; of the wall clock, which may lie */
    recording_state state = recording_state::recording;
    std::uint32_t block_bytes = 0;  /**< frames in OUT.raw begin at multiples of this */
    std::uint32_t slot_bytes = 0;   /**< no frame is longer */
    std::uint64_t rotate_bytes = 0; /**< size that starts another raw file, or 0 */
    std::optional<recorded_picture> picture;
    recording_totals totals;
    std::string end; /**< why it ended, in words; empty while it goes on */

    friend bool operator==(const recording_info&, const recording_info&) = default;
};

} // namespace memlane

#endif // MEMLANE_RECORDING_INFO_HPP
