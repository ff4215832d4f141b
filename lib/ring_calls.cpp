// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ring_calls.hpp"

#include <linux/memlane.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

ring_status from_uapi(const memlane_ring_status& raw)
{
    return {
        .slot_bytes = static_cast<std::uint32_t>(raw.slot_size),
        .slots = static_cast<std::uint32_t>(raw.slots),
        .policy =
            raw.policy == MEMLANE_POLICY_DROP_OLDEST ? drop_policy::oldest : drop_policy::newest,
        .committed = raw.committed,
        .delivered = raw.delivered,
        .dropped = raw.dropped,
        .waiting = raw.waiting,
        .filling = raw.filling,
        .held = raw.held,
    };
}

memlane_frame to_uapi(const frame& what)
{
    memlane_frame raw = {};
    raw.flags = what.flags;
    raw.slot = what.slot;
    raw.length = what.length_bytes;
    raw.timestamp = static_cast<std::uint64_t>(what.timestamp.count());
    return raw;
}

const char* explain(int errnum)
{
    switch (errnum) {
    case EOPNOTSUPP:
        return "the region has no slots: create it with --slot-size";
    case EBUSY:
        return "another producer has it";
    case ENOBUFS:
        return "a producer can have all slots but one";
    case EAGAIN:
        return "no more slots are free just now: ask for fewer, or take the frames that wait";
    default:
        return "";
    }
}

} // namespace

ring_status query_ring(const region& memory)
{
    memlane_ring_status raw = {};
    if (::ioctl(memory.fd(), MEMLANE_IOC_RING_STATUS, &raw) != 0) {
        const int errnum = errno;
        throw_error(errnum, "query", "ring", memory.uri(), explain(errnum));
    }
    return from_uapi(raw);
}

std::uint32_t acquire_slot(const region& memory)
{
    memlane_frame raw = {};
    if (::ioctl(memory.fd(), MEMLANE_IOC_ACQUIRE, &raw) != 0) {
        const int errnum = errno;
        throw_error(errnum, "acquire", "slot of", memory.uri(), explain(errnum));
    }
    return raw.slot;
}

committed_frame commit_slot(const region& memory, const frame& what)
{
    memlane_frame raw = to_uapi(what);
    if (::ioctl(memory.fd(), MEMLANE_IOC_COMMIT, &raw) != 0) {
        throw_error(errno, "commit", "frame to", memory.uri());
    }
    return {.sequence = raw.sequence, .next_slot = raw.slot};
}

} // namespace memlane::detail
