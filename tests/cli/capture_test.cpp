// SPDX-License-Identifier: GPL-2.0-or-later
// From a device's own DMA to the disk: memlane record, and samples/edu_capture.
#include <cstring>

#include <gmock/gmock.h>

#include "../../samples/edu_capture/pattern.h"
#include "devices.hpp"
#include "recorded.hpp"

namespace {

using guest::check_whole;
using guest::command;
using guest::command_result;
using guest::loaded_module;
using guest::memlane;
using guest::wait_until;
using nlohmann::json;
using testing::HasSubstr;

constexpr std::size_t frame_bytes = 2048; // in a slot of 4096

std::uint64_t delivered()
{
    return guest::counts_of("edu0").delivered;
}

/// Expects frames from sequence number 0 on, each at the start of a block.
void expect_frames(const std::string& raw, std::uint64_t count)
{
    std::ifstream in(raw, std::ios::binary);
    std::vector<char> block(4096);
    for (std::uint64_t number = 0; number < count; ++number) {
        ASSERT_TRUE(in.read(block.data(), static_cast<std::streamsize>(block.size())));
        for (std::size_t at = 0; at < frame_bytes; at += sizeof(__u64)) {
            const __u64 word = ::edu_pattern(number, at);
            ASSERT_EQ(std::memcmp(&block[at], &word, sizeof(word)), 0) << number << " at " << at;
        }
    }
}

TEST(Capture, from_the_device_to_the_disk_is_bit_for_bit_what_the_sensor_saw)
{
    const guest::scratch_fs fs;
    const loaded_module driver(guest::edu_capture_module(), "frame_size=2048 dma_bits=32");
    const std::string base = fs.file("run");
    const command_result result = memlane({"record", "edu0", base, "--frames", "6", "--json"});
    ASSERT_EQ(result.status, 0) << result.err;
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(said["way"], "kernel");
    EXPECT_EQ(said["dropped"], 0);
    EXPECT_EQ(check_whole(base)["frames"], 6);
    expect_frames(base + ".raw", 6);
}

TEST(Capture, ends_with_the_reason_when_the_driver_leaves_and_keeps_what_came_before)
{
    const guest::scratch_fs fs;
    const std::string base = fs.file("run");
    std::optional<loaded_module> driver(std::in_place, guest::edu_capture_module(),
                                        "frame_size=2048 dma_bits=32");
    command recorder({"record", "edu0", base, "--json"});
    wait_until([] { return delivered() >= 4; });
    driver.reset(); // rmmod does not wait for anybody
    const command_result result = recorder.wait();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("ENODEV"));
    EXPECT_THAT(result.err, HasSubstr("the driver that fills the region is gone"));
    const json said = json::parse(result.out, nullptr, false);
    EXPECT_EQ(said["error"]["name"], "ENODEV");
    EXPECT_EQ(said["lost"], 0);
    EXPECT_GE(said["frames"], 4);
    EXPECT_EQ(check_whole(base)["frames"], said["frames"]);
    expect_frames(base + ".raw", said["frames"]);
}

} // namespace
