// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/frame_producer.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cerrno>

#include "memlane/error.hpp"
#include "ring_calls.hpp"

namespace memlane {

namespace {

std::deque<std::uint32_t> acquire(const region& memory, std::uint32_t slots)
{
    assert(slots > 0);
    std::deque<std::uint32_t> in_hand;
    while (in_hand.size() < slots) {
        in_hand.push_back(detail::acquire_slot(memory));
    }
    return in_hand;
}

} // namespace

frame_producer::frame_producer(std::string_view name, std::uint32_t slots)
    : memory_(name, access_mode::read_write), slot_bytes_(detail::query_ring(memory_).slot_bytes),
      slots_(detail::query_ring(memory_).slots),
      map_(memory_.map(0, std::uint64_t{slots_} * slot_bytes_)), in_hand_(acquire(memory_, slots)),
      // From here on nobody else commits.
      next_sequence_(detail::query_ring(memory_).committed)
{
}

std::span<std::byte> frame_producer::bytes(std::uint32_t ahead) const
{
    return map_.bytes().subspan(static_cast<std::size_t>(slot(ahead)) * slot_bytes_, slot_bytes_);
}

std::uint64_t frame_producer::commit(std::uint32_t length_bytes, std::uint32_t flags,
                                     std::chrono::nanoseconds timestamp)
{
    if (length_bytes > slot_bytes_) {
        throw_error(EINVAL, "commit", "frame to", uri(),
                    fmt::format("{} bytes do not fit a slot of {}", length_bytes, slot_bytes_));
    }
    const detail::committed_frame done = detail::commit_slot(memory_, {.timestamp = timestamp,
                                                                       .length_bytes = length_bytes,
                                                                       .flags = flags,
                                                                       .slot = in_hand_.front()});
    in_hand_.pop_front();
    in_hand_.push_back(done.next_slot);
    assert(done.sequence == next_sequence_);
    next_sequence_ = done.sequence + 1;
    return done.sequence;
}

ring_status frame_producer::status() const
{
    return detail::query_ring(memory_);
}

} // namespace memlane
