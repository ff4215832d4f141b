// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The ioctls of a frame ring that a consumer needs.
#ifndef MEMLANE_LIB_FRAME_CALLS_HPP
#define MEMLANE_LIB_FRAME_CALLS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memlane/frame.hpp"
#include "memlane/region.hpp"
#include "memlane/region_status.hpp"

namespace memlane::detail {

/** @throws error EOPNOTSUPP, with what to do, when the region has no slots */
[[nodiscard]] ring_status query_ring(const region& ring);

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
