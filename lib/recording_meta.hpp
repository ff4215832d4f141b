// SPDX-License-Identifier: LGPL-2.1-or-later
//
// OUT.json: what people and programs read of a recording without looking at
// its frames. It is written when the recording begins and when it ends, each
// time as a whole (a new file that takes the old one's place).
#ifndef MEMLANE_LIB_RECORDING_META_HPP
#define MEMLANE_LIB_RECORDING_META_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "memlane/recording_info.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

/** Writes OUT.json. @param durable fsync(2) it, and its directory. @throws error */
void write_meta(const std::string& base, const recording_info& info, bool durable);

/** @return what is in OUT.json, or why it is none. @throws error ENOENT; those of open(2), read(2)
 */
[[nodiscard]] std::variant<recording_info, std::string> look_at_meta(const std::string& base);

/** @throws error EBADMSG, with what is wrong, when it is no such file or damaged; ENOENT */
[[nodiscard]] recording_info read_meta(const std::string& base);

/** @return "2026-11-25T18:00:00Z", as recording_info::created wants it. */
[[nodiscard]] std::string format_utc(std::uint64_t realtime_ns);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDING_META_HPP
