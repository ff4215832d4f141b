// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_FRAME_PRODUCER_HPP
#define MEMLANE_FRAME_PRODUCER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "memlane/frame.hpp"
#include "memlane/mapping.hpp"
#include "memlane/region.hpp"
#include "memlane/region_status.hpp"

namespace memlane {

/**
 * Who fills a region's slots, from a program; a device's driver does the same
 * in the kernel. A ring has one producer at a time: this object, as long as it
 * lives. What it has not committed is lost with it.
 *
 * Nothing here waits. When no slot is free a frame is dropped and counted.
 *
 * Belongs to one thread at a time.
 */
class frame_producer final {
public:
    /**
     * Opens a region, maps all of its slots and becomes its producer.
     *
     * @param name NAME, memlane:NAME or /dev/memlane/NAME
     * @param slots how many to have in hand at once, at least 1: as many as are
     *        filled at the same time
     * @throws error EOPNOTSUPP when the region has no slots; EBUSY when another
     *         is its producer; ENOBUFS when @p slots are not fewer than it has;
     *         EAGAIN when not as many are free just now; those of region and
     *         mapping
     */
    explicit frame_producer(std::string_view name, std::uint32_t slots = 1);

    /** @return how people name the region: "memlane:capture". */
    [[nodiscard]] const std::string& uri() const noexcept { return memory_.uri(); }

    /** @return bytes of a slot: no frame is longer. */
    [[nodiscard]] std::uint32_t slot_bytes() const noexcept { return slot_bytes_; }

    /** @return slots in the ring. */
    [[nodiscard]] std::uint32_t slots() const noexcept { return slots_; }

    /** @return slots in hand. */
    [[nodiscard]] std::uint32_t in_hand() const noexcept
    {
        return static_cast<std::uint32_t>(in_hand_.size());
    }

    /** @return the slot that is committed @p ahead commits after the next: a number in the ring. */
    [[nodiscard]] std::uint32_t slot(std::uint32_t ahead = 0) const { return in_hand_.at(ahead); }

    /**
     * @return all bytes of slot(@p ahead), with whatever was in them; yours until
     *         it is committed
     */
    [[nodiscard]] std::span<std::byte> bytes(std::uint32_t ahead = 0) const;

    /** @return what commit() will return next; a stamp has it in it. */
    [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_sequence_; }

    /**
     * The frame in slot() is complete. Afterwards another slot is the last in
     * hand; the same one if the frame was dropped.
     *
     * @param length_bytes of the frame, up to slot_bytes()
     * @param flags of frame_flag
     * @param timestamp of CLOCK_MONOTONIC; 0 stands for now
     * @return the frame's sequence number
     * @throws error EINVAL, and no frame is committed, when it is longer than its
     *         slot or a flag is unknown
     */
    std::uint64_t commit(std::uint32_t length_bytes, std::uint32_t flags = 0,
                         std::chrono::nanoseconds timestamp = {});

    /** @return what the ring has done. */
    [[nodiscard]] ring_status status() const;

private:
    region memory_;
    std::uint32_t slot_bytes_;
    std::uint32_t slots_;
    mapping map_;
    std::deque<std::uint32_t> in_hand_; // the front one is committed next
    std::uint64_t next_sequence_;
};

} // namespace memlane

#endif // MEMLANE_FRAME_PRODUCER_HPP
