// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a producer asks of the driver, and what everybody may.
#ifndef MEMLANE_LIB_RING_CALLS_HPP
#define MEMLANE_LIB_RING_CALLS_HPP

#include <cstdint>

#include "memlane/frame.hpp"
#include "memlane/region.hpp"
#include "memlane/region_status.hpp"

namespace memlane::detail {

/** @throws error EOPNOTSUPP when the region has no slots */
[[nodiscard]] ring_status query_ring(const region& memory);

/** @return one more slot. @throws error EBUSY, ENOBUFS, EAGAIN, with what to do */
[[nodiscard]] std::uint32_t acquire_slot(const region& memory);

/** What comes of a commit. */
struct committed_frame {
    std::uint64_t sequence;
    std::uint32_t next_slot; /**< to fill instead */
};

/** @param what all but the sequence. @throws error EINVAL */
committed_frame commit_slot(const region& memory, const frame& what);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RING_CALLS_HPP
