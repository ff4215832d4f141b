// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/frame_consumer.hpp"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>

#include "frame_calls.hpp"
#include "memlane/error.hpp"
#include "ring_calls.hpp"

namespace memlane {

namespace {

void set_nonblocking(const region& memory)
{
    const int flags = ::fcntl(memory.fd(), F_GETFL);
    if (flags < 0 || ::fcntl(memory.fd(), F_SETFL, flags | O_NONBLOCK) != 0) {
        throw_error(errno, "set O_NONBLOCK on", "region", memory.uri());
    }
}

} // namespace

frame_consumer::frame_consumer(std::string_view name, std::optional<drop_policy> policy)
    : memory_(name, access_mode::read_only)
{
    set_nonblocking(memory_);
    const ring_status ring = detail::query_ring(memory_);
    slot_bytes_ = ring.slot_bytes;
    slots_ = ring.slots;
    detail::set_policy(memory_, policy.value_or(ring.policy));
}

std::span<const frame> frame_consumer::take(std::size_t most)
{
    const int errnum = detail::next_frames(memory_, most, taken_);
    if (errnum == ENODEV) {
        throw_error(errnum, "take frames from", "region", memory_.uri(),
                    "the driver that fills it is gone");
    }
    if (errnum != 0 && errnum != EAGAIN && errnum != EINTR) {
        throw_error(errnum, "take frames from", "region", memory_.uri());
    }
    for (frame& each : taken_) {
        // The kernel's count of a gap has 32 bits.
        if (next_sequence_) {
            each.dropped = each.sequence - *next_sequence_;
        }
        next_sequence_ = each.sequence + 1;
    }
    return taken_;
}

bool frame_consumer::wait(std::chrono::milliseconds time) const
{
    pollfd event = {.fd = memory_.fd(), .events = POLLIN, .revents = 0};
    const int count = ::poll(&event, 1, static_cast<int>(time.count()));
    if (count < 0 && errno != EINTR) {
        throw_error(errno, "wait for", "region", memory_.uri());
    }
    return count > 0;
}

void frame_consumer::release(std::uint32_t first, std::uint32_t count) const
{
    if (const int errnum = detail::release_slots(memory_, first, count); errnum != 0) {
        throw_error(errnum, "release slots of", "region", memory_.uri());
    }
}

ring_status frame_consumer::status() const
{
    return detail::query_ring(memory_);
}

} // namespace memlane
