// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a consumer asks of the driver; ring_calls.hpp has what others do.
#ifndef MEMLANE_LIB_FRAME_CALLS_HPP
#define MEMLANE_LIB_FRAME_CALLS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memlane/frame.hpp"
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"

namespace memlane::detail {

/** Becomes the consumer. @throws error EBUSY when there is one */
void set_policy(const region& ring, drop_policy policy);

/**
 * @param taken gets the frames in place of what it holds; their frame::dropped
 *        is at most 2^32 - 1
 * @return 0 or an errno
 */
[[nodiscard]] int next_frames(const region& ring, std::size_t most, std::vector<frame>& taken);

/** @return 0 or an errno. */
[[nodiscard]] int release_slots(const region& ring, std::uint32_t first, std::uint32_t count);

} // namespace memlane::detail

#endif // MEMLANE_LIB_FRAME_CALLS_HPP
