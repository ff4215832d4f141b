// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIDEO_LINE_HPP
#define MEMLANE_TOOLS_VIDEO_LINE_HPP

#include <string>

#include "memlane/recording_info.hpp"

namespace memlane::tool {

/** @return frames a second, by the timestamps of the first and the last; 0: not known */
[[nodiscard]] double mean_rate(const recording_totals& totals) noexcept;

/** @return from the first frame to the last; 0 when a clock went back */
[[nodiscard]] std::chrono::nanoseconds duration_of(const recording_totals& totals) noexcept;

/**
 * @param base OUT of a recording of pictures
 * @return the command line that makes a video, OUT.mp4: ffmpeg reads OUT.raw
 *         where frames lie there one behind the other without anything between
 *         them, else what 'memlane play OUT -' writes
 */
[[nodiscard]] std::string video_line(const std::string& base, const recording_info& info);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIDEO_LINE_HPP
