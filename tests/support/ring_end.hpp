// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A frame ring, seen by one who has its node open: producer, consumer, or both.
#ifndef MEMLANE_TESTS_SUPPORT_RING_END_HPP
#define MEMLANE_TESTS_SUPPORT_RING_END_HPP

#include "guest.hpp"

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>

namespace guest {

/// @return 0 or the errno.
inline int error_of(int fd, unsigned long request, void* argument)
{
    return ::ioctl(fd, request, argument) < 0 ? errno : 0;
}

/// A region of 4 slots of a page each.
inline region_options ring_of(const std::string& policy = "drop-newest",
                              const std::string& size = "16K")
{
    return {.size = size, .attributes = {{"slot_size", "4K"}, {"policy", policy}}};
}

/// An open file of a ring; calls tell an errno.
class ring_end {
public:
    explicit ring_end(const region& ring, int flags = O_RDWR) : node_(ring.open(flags)) {}

    int acquire() { return call(MEMLANE_IOC_ACQUIRE, {}); }
    int commit(std::uint32_t slot, std::uint32_t length = 100, std::uint64_t timestamp = 0,
               std::uint32_t flags = 0)
    {
        return call(MEMLANE_IOC_COMMIT,
                    {.flags = flags, .slot = slot, .length = length, .timestamp = timestamp});
    }
    /// Commits the slot that is at hand, which is another afterwards.
    int commit() { return commit(frame_.slot); }
    int next() { return call(MEMLANE_IOC_NEXT, {}); }
    int release(std::uint32_t slot) { return call(MEMLANE_IOC_RELEASE, {.slot = slot}); }
    int release_run(std::uint32_t first, std::uint32_t count)
    {
        memlane_slot_run run = {.first = first, .count = count};
        return error_of(node_, MEMLANE_IOC_RELEASE_RUN, &run);
    }
    /// @param to takes what comes; shorter afterwards. @return 0 or the errno
    int next_many(std::vector<memlane_frame>& to)
    {
        memlane_frames many = {.count = static_cast<std::uint32_t>(to.size()),
                               .frames = reinterpret_cast<std::uintptr_t>(to.data())};
        const int error = error_of(node_, MEMLANE_IOC_NEXT_MANY, &many);
        to.resize(error == 0 ? many.count : 0);
        return error;
    }
    int set_policy(std::uint32_t policy)
    {
        memlane_ring_policy wanted = {.policy = policy};
        return error_of(node_, MEMLANE_IOC_POLICY, &wanted);
    }

    /// @return what the last call that succeeded told.
    [[nodiscard]] const memlane_frame& frame() const { return frame_; }
    [[nodiscard]] int fd() const { return node_; }
    void close() { node_.close(); }

private:
    int call(unsigned long request, memlane_frame frame)
    {
        const int error = error_of(node_, request, &frame);
        if (error == 0 && request != MEMLANE_IOC_RELEASE) {
            frame_ = frame;
        }
        return error;
    }

    guest::fd node_;
    memlane_frame frame_ = {};
};

inline memlane_ring_status status_of(int fd)
{
    memlane_ring_status status = {};
    EXPECT_EQ(error_of(fd, MEMLANE_IOC_RING_STATUS, &status), 0);
    EXPECT_EQ(status.committed, status.delivered + status.dropped + status.waiting);
    return status;
}

} // namespace guest

#endif
