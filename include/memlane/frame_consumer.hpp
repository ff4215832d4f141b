// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_FRAME_CONSUMER_HPP
#define MEMLANE_FRAME_CONSUMER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "memlane/frame.hpp"
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/region_status.hpp"

namespace memlane {

/**
 * The one who gets a region's frames, from construction until destruction, when
 * the slots that were not released are free again.
 *
 * release() and status() may be called from any thread, all else from one.
 */
class frame_consumer final {
public:
    /**
     * @param name NAME, memlane:NAME or /dev/memlane/NAME
     * @param policy what shall be dropped meanwhile; default: as the region has it
     * @throws error EOPNOTSUPP when the region has no slots; EBUSY when there
     *         is a consumer; those of region
     */
    explicit frame_consumer(std::string_view name, std::optional<drop_policy> policy = {});

    frame_consumer(frame_consumer&&) noexcept = default;
    frame_consumer& operator=(frame_consumer&&) noexcept = default;

    /** @return where the frames lie: each at frame::slot times slot_bytes(). */
    [[nodiscard]] const region& memory() const noexcept { return memory_; }

    [[nodiscard]] std::uint32_t slot_bytes() const noexcept { return slot_bytes_; }
    [[nodiscard]] std::uint32_t slots() const noexcept { return slots_; }

    /**
     * Takes frames that wait; does not wait for any.
     *
     * @param most frames
     * @return them in order, until the next call; nothing when none waits
     * @throws error ENODEV when none waits and none will, since the driver
     *         behind the region is gone
     */
    [[nodiscard]] std::span<const frame> take(std::size_t most);

    /**
     * Waits until take() has something to say.
     *
     * @return false when the time was over before, or a signal came
     */
    [[nodiscard]] bool wait(std::chrono::milliseconds time) const;

    /**
     * Gives neighbouring slots back.
     *
     * @throws error EINVAL when one of them is not the consumer's
     */
    void release(std::uint32_t first, std::uint32_t count) const;

    /** @return what the ring has done. */
    [[nodiscard]] ring_status status() const;

private:
    region memory_;
    std::uint32_t slot_bytes_;
    std::uint32_t slots_;
    std::vector<frame> taken_;
    std::optional<std::uint64_t> next_sequence_; // unknown before the first frame
};

} // namespace memlane

#endif // MEMLANE_FRAME_CONSUMER_HPP
