// SPDX-License-Identifier: GPL-2.0-or-later
/// The programs of samples/, on regions of one page and of many.
#include "framebuffer.hpp"

#include <array>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace guest;

namespace {

/// @return the exit status of the sample @p program on @p device.
int run(const std::string& program, const std::string& device)
{
    // This program is build/PRESET/tests/SUITE/NAME.
    const auto build = std::filesystem::read_symlink("/proc/self/exe") / "../../..";
    return sh((build / "samples" / program).lexically_normal().string() + " " + device);
}

class Samples : public testing::TestWithParam<framebuffer_options> {
protected:
    framebuffer screen_{GetParam()};
    std::string device_ = screen_.memory().node();
};

std::string name_of(const testing::TestParamInfo<framebuffer_options>& each)
{
    constexpr std::array names = {"a_screen", "one_page", "padded_rows", "no_screen",
                                  "physical_memory"};
    return names.at(each.index);
}

INSTANTIATE_TEST_SUITE_P(
    on, Samples,
    testing::Values(framebuffer_options{},
                    framebuffer_options{.geometry = "64x16"}, // one page of memory
                    framebuffer_options{.geometry = "1366x768", .format = "rgb888"},
                    framebuffer_options{.geometry = "none", .region = {.size = "4K"}},
                    framebuffer_options{.region = {.size = "2M", .phys_addr = reserved_base}}),
    name_of);

TEST_P(Samples, draw_in_a_mapping_what_read_sees)
{
    ASSERT_EQ(screen_.memory().error(), 0);
    EXPECT_EQ(run("map_and_draw", device_), 0);
    EXPECT_EQ(run("read_what_was_drawn", device_), 0);
}

TEST_P(Samples, seek_to_both_bounds_and_no_further)
{
    ASSERT_EQ(run("map_and_draw", device_), 0);
    EXPECT_EQ(run("seek_and_read", device_), 0);
}

TEST_P(Samples, notice_what_was_not_drawn)
{
    ASSERT_EQ(run("map_and_draw", device_), 0);
    const fd node = screen_.memory().open(O_WRONLY);
    ASSERT_EQ(::pwrite(node, "\xff", 1, 2048), 1);
    EXPECT_EQ(run("read_what_was_drawn", device_), 1);
}

TEST(SamplesOn, nothing_say_what_they_want)
{
    EXPECT_EQ(run("map_and_draw", ""), 2);
    EXPECT_EQ(run("map_and_draw", "/dev/memlane/none-such"), 1);
}

} // namespace
