// SPDX-License-Identifier: GPL-2.0-or-later
#include "device_copy.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace {

using memlane::detail::copy_from_device;
using memlane::detail::copy_to_device;

constexpr std::size_t size = 512;

std::vector<std::byte> numbered()
{
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>(i * 7 + 1);
    }
    return bytes;
}

using copy = void (*)(std::byte*, const std::byte*, std::size_t) noexcept;

/** Every start within a cache line on either side, lengths around all the units. */
void expect_exact(copy function)
{
    const std::vector<std::byte> from = numbered();
    for (std::size_t source = 0; source < 66; ++source) {
        for (const std::size_t target : {0UL, 1UL, 8UL, 15UL, 63UL}) {
            for (const std::size_t length : {0UL, 1UL, 7UL, 8UL, 63UL, 64UL, 65UL, 200UL, 256UL}) {
                std::vector<std::byte> to(size);
                function(&to[target], &from[source], length);
                for (std::size_t i = 0; i < size; ++i) {
                    const bool inside = i >= target && i < target + length;
                    ASSERT_EQ(to[i], inside ? from[source + i - target] : std::byte{0})
                        << source << " -> " << target << ", " << length << ": byte " << i;
                }
            }
        }
    }
}

TEST(DeviceCopy, reads_exactly_what_was_asked_for)
{
    expect_exact(copy_from_device);
}

TEST(DeviceCopy, writes_exactly_what_was_asked_for)
{
    expect_exact(copy_to_device);
}

} // namespace
