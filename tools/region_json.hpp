// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_REGION_JSON_HPP
#define MEMLANE_TOOLS_REGION_JSON_HPP

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

#include "memlane/region_status.hpp"

namespace memlane::tool {

/** Of everything that --json prints; it grows when a field changes its meaning. */
inline constexpr int json_schema = 1;

/** @return "1920x1080 xrgb8888, 2 pages, 60 Hz". */
[[nodiscard]] std::string format_mode(const screen_status& screen);

/** @return "16 slots of 4.00 MiB, drop-newest". */
[[nodiscard]] std::string format_slots(const ring_status& ring);

/** @return all that is known of a region; numbers are bytes or counts. */
[[nodiscard]] nlohmann::ordered_json to_json(const region_status& status);

/** @return "0x80000000", or "-" when it is not known. */
[[nodiscard]] std::string format_address(const std::optional<std::uint64_t>& address);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_REGION_JSON_HPP
