// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_calls.hpp"

#include <linux/memlane.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

static_assert(frame_flag::error == MEMLANE_FRAME_ERROR);
static_assert(frame_flag::stamped == MEMLANE_FRAME_STAMPED);

frame from_uapi(const memlane_frame& raw)
{
    return {
        .sequence = raw.sequence,
        .dropped = raw.dropped,
        .timestamp = std::chrono::nanoseconds(raw.timestamp),
        .length_bytes = raw.length,
        .flags = raw.flags,
        .slot = raw.slot,
    };
}

} // namespace

void set_policy(const region& ring, drop_policy policy)
{
    memlane_ring_policy raw = {};
    raw.policy =
        policy == drop_policy::oldest ? MEMLANE_POLICY_DROP_OLDEST : MEMLANE_POLICY_DROP_NEWEST;
    if (::ioctl(ring.fd(), MEMLANE_IOC_POLICY, &raw) != 0) {
        const int errnum = errno;
        throw_error(errnum, "consume frames of", "region", ring.uri(),
                    errnum == EBUSY ? "another program takes them" : "");
    }
}

int next_frames(const region& ring, std::size_t most, std::vector<frame>& taken)
{
    // Written by the kernel only: there is nothing to clear.
    static thread_local std::array<memlane_frame, MEMLANE_FRAMES_MAX> raw;
    memlane_frames call = {};
    call.count = static_cast<std::uint32_t>(std::min(most, raw.size()));
    call.frames = reinterpret_cast<std::uintptr_t>(raw.data());
    taken.clear();
    if (::ioctl(ring.fd(), MEMLANE_IOC_NEXT_MANY, &call) != 0) {
        return errno;
    }
    std::transform(raw.begin(), raw.begin() + call.count, std::back_inserter(taken), from_uapi);
    return 0;
}

int release_slots(const region& ring, std::uint32_t first, std::uint32_t count)
{
    while (count != 0) {
        memlane_slot_run raw = {};
        raw.first = first;
        raw.count = std::min(count, MEMLANE_FRAMES_MAX);
        if (::ioctl(ring.fd(), MEMLANE_IOC_RELEASE_RUN, &raw) != 0) {
            return errno;
        }
        first += raw.count;
        count -= raw.count;
    }
    return 0;
}

} // namespace memlane::detail
