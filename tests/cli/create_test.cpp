// SPDX-License-Identifier: GPL-2.0-or-later
// memlane create, destroy, list and info, and all that can be wrong with them.
#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "failure.hpp"
#include "guest.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using guest::region;
using nlohmann::json;
using testing::HasSubstr;

using guest::nobody;

/** A create that is to fail and to leave nothing. */
void expect_refusal(const std::string& name, const std::vector<std::string>& options,
                    const std::vector<std::string>& texts)
{
    std::vector<std::string> arguments = {"create", name};
    arguments.insert(arguments.end(), options.begin(), options.end());
    expect_failure(arguments, texts);
    EXPECT_NE(::access(("/sys/kernel/config/memlane/" + name).c_str(), F_OK), 0);
    EXPECT_NE(::access(("/dev/memlane/" + name).c_str(), F_OK), 0);
}

TEST(Create, makes_a_node_that_destroy_removes)
{
    const std::string name = region::unique_name();
    const command_result made = memlane({"create", name, "--size", "2M"});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_EQ(made.out, "/dev/memlane/" + name + ": 2.00 MiB, pages\n");
    EXPECT_EQ(::access(("/dev/memlane/" + name).c_str(), F_OK), 0);

    EXPECT_EQ(memlane({"destroy", "memlane:" + name}).status, 0);
    EXPECT_NE(::access(("/dev/memlane/" + name).c_str(), F_OK), 0);
}

TEST(Create, makes_a_region_of_physical_memory)
{
    const std::string name = region::unique_name();
    EXPECT_EQ(memlane({"create", name, "--size", "16M", "--phys", "0x80000000"}).status, 0);
    const command_result info = memlane({"info", name, "--json"});
    EXPECT_EQ(memlane({"destroy", name}).status, 0);

    const json document = json::parse(info.out);
    EXPECT_EQ(document["kind"], "reserved");
    EXPECT_EQ(document["phys_addr"], 0x80000000);
}

TEST(Create, makes_a_framebuffer_whose_size_follows)
{
    const std::string name = region::unique_name();
    const command_result made =
        memlane({"create", name, "--geometry", "1920x1080", "--pages", "2", "--refresh", "50"});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.out,
                testing::MatchesRegex(
                    "/dev/memlane/" + name +
                    ": 15.82 MiB, pages; /dev/fb[0-9]+: 1920x1080 xrgb8888, 2 pages, 50 Hz\n"));
    const command_result info = memlane({"info", name, "--json"});
    const command_result text = memlane({"info", name});
    EXPECT_EQ(memlane({"destroy", name}).status, 0);

    const json screen = json::parse(info.out)["screen"];
    EXPECT_EQ(screen["width"], 1920);
    EXPECT_EQ(screen["height"], 1080);
    EXPECT_EQ(screen["format"], "xrgb8888");
    EXPECT_EQ(screen["stride"], 7680);
    EXPECT_EQ(screen["pages"], 2);
    EXPECT_EQ(screen["refresh"], 50);
    EXPECT_EQ(screen["blank"], false);
    EXPECT_THAT(text.out, HasSubstr("1920x1080 xrgb8888, 2 pages, 50 Hz"));
}

TEST(Create, makes_a_frame_ring)
{
    const std::string name = region::unique_name();
    const command_result made =
        memlane({"create", name, "--size", "1M", "--slot-size", "64K", "--policy", "drop-oldest"});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_EQ(made.out,
              "/dev/memlane/" + name + ": 1.00 MiB, pages; 16 slots of 64.00 KiB, drop-oldest\n");
    const json ring = json::parse(memlane({"info", name, "--json"}).out)["ring"];
    const command_result text = memlane({"info", name});
    EXPECT_EQ(memlane({"destroy", name}).status, 0);
    EXPECT_EQ(ring["slots"], 16);
    EXPECT_EQ(ring["slot_size"], 65536);
    EXPECT_EQ(ring["policy"], "drop-oldest");
    EXPECT_EQ(ring["committed"], 0);
    EXPECT_THAT(text.out, HasSubstr("0 committed, 0 delivered, 0 dropped, 0 waiting"));
}

TEST(Create, refuses_slots_that_cannot_be)
{
    const auto refuse = [](std::vector<std::string> options, const std::string& text) {
        expect_refusal(region::unique_name(), options, {"EINVAL", text});
    };
    refuse({"--size", "1M", "--slot-size", "1000"}, "slots of 1000 bytes are no multiple");
    refuse({"--size", "1M", "--slot-size", "1M"}, "1 slots of 1048576 bytes; there must be 2");
    refuse({"--geometry", "64x64", "--slot-size", "4K"}, "a framebuffer's frames are its pages");
}

TEST(Create, refuses_pictures_that_cannot_be)
{
    const auto refuse = [](std::vector<std::string> options, const std::string& text) {
        expect_refusal(region::unique_name(), options, {"EINVAL", text});
    };
    refuse({"--geometry", "1920x1080", "--size", "1M"}, "takes 8294400 bytes, the region has");
    refuse({"--geometry", "4x4"}, "each side has 8 to 65535 pixels");
    refuse({"--geometry", "65535x65535"}, "less than 4 GiB");
    refuse({"--geometry", "64x64", "--refresh", "0"}, "1 to 1000");
    refuse({"--geometry", "64x64", "--pages", "9000"}, "1 to 8191");
    refuse({"--geometry", "64x64", "--pages", "2000"}, "more than 65535 rows");
}

TEST(Create, refuses_sizes_that_are_no_pages)
{
    expect_refusal(region::unique_name(), {"--size", "0"}, {"EINVAL", "the size 0 is 0 or no"});
    expect_refusal(region::unique_name(), {"--size", "4097"},
                   {"EINVAL", "multiple of the page size 4096"});
}

TEST(Create, refuses_more_than_there_is_memory)
{
    expect_refusal(region::unique_name(), {"--size", "1T"}, {"ENOMEM", "available"});
    expect_refusal(region::unique_name(), {"--size", "0xfffffffffffff000"}, {"ENOMEM"});
}

TEST(Create, names_system_ram_as_the_owner)
{
    expect_refusal(region::unique_name(), {"--size", "16M", "--phys", "0x1000000"},
                   {"EBUSY", "System RAM", "/proc/iomem has"});
}

TEST(Create, names_another_driver_as_the_owner)
{
    const region owner({.size = "16M", .phys_addr = guest::reserved_base});
    ASSERT_EQ(owner.error(), 0);
    expect_refusal(region::unique_name(), {"--size", "16M", "--phys", "0x80000000"},
                   {"EBUSY", "80000000-80ffffff : memlane"});
}

TEST(Create, refuses_unaligned_and_endless_physical_ranges)
{
    expect_refusal(region::unique_name(), {"--size", "16M", "--phys", "0x80000800"},
                   {"EINVAL", "multiples"});
    expect_refusal(region::unique_name(), {"--size", "16M", "--phys", "0xfffffffffffff000"},
                   {"EINVAL"});
}

TEST(Create, refuses_names_that_are_illegal)
{
    expect_refusal("white space", {"--size", "1M"}, {"EINVAL", "letters, digits"});
    expect_refusal(std::string(32, 'a'), {"--size", "1M"}, {"ENAMETOOLONG", "31 characters"});
    expect_failure({"create", "a/b", "--size", "1M"}, {"EINVAL"});
    expect_failure({"create", ".a", "--size", "1M"}, {"EINVAL"});
}

TEST(Create, refuses_a_name_that_is_taken)
{
    const region taken;
    expect_failure({"create", taken.name(), "--size", "1M"}, {"EEXIST", "the name is taken"});
    EXPECT_EQ(::access(taken.node().c_str(), F_OK), 0);
}

TEST(Create, takes_root)
{
    const command_result result = memlane({"create", "mine", "--size", "1M"}, {.uid = nobody});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("EACCES"));
    EXPECT_THAT(result.err, HasSubstr("this takes root"));
}

TEST(Create, of_a_physical_region_takes_the_right_to_raw_io)
{
    const std::string name = region::unique_name();
    const command_result result = memlane({"create", name, "--size", "16M", "--phys", "0x80000000"},
                                          {.lost_capability = CAP_SYS_RAWIO});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(EPERM): "));
    EXPECT_NE(::access(("/sys/kernel/config/memlane/" + name).c_str(), F_OK), 0);
}

TEST(Destroy, says_that_the_region_is_open)
{
    const region made;
    const guest::fd first = made.open(O_RDONLY);
    const guest::fd second = made.open(O_RDONLY);
    expect_failure({"destroy", made.name()}, {"EBUSY", "open or mapped (open_count 2)"});
}

TEST(Destroy, says_that_the_region_is_mapped)
{
    const region made;
    guest::fd node = made.open(O_RDWR);
    const guest::mapping map(node, guest::page, PROT_READ);
    node.close();
    expect_failure({"destroy", made.name()}, {"EBUSY", "open or mapped"});
}

TEST(Destroy, waits_for_who_has_just_a_look)
{
    const std::string name = region::unique_name();
    ASSERT_EQ(memlane({"create", name, "--size", "1M"}).status, 0);
    guest::fd node(::open(("/dev/memlane/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_GE(node, 0);
    guest::command destroy({"destroy", name});
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    node.close();
    EXPECT_EQ(destroy.wait().status, 0);
}

TEST(Destroy, says_which_regions_there_are)
{
    const region made;
    expect_failure({"destroy", "none"}, {"ENOENT", "the regions are: ", made.name()});
}

TEST(Destroy, takes_root)
{
    const region made;
    const command_result result = memlane({"destroy", made.name()}, {.uid = nobody});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("this takes root"));
    EXPECT_EQ(::access(made.node().c_str(), F_OK), 0);
}

TEST(List, has_a_row_for_each_region)
{
    const region first({.size = "4M"});
    const region second;
    const command_result result = memlane({"list"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, testing::StartsWith("NAME"));
    EXPECT_THAT(result.out, HasSubstr(first.name()));
    EXPECT_THAT(result.out, HasSubstr("4.00 MiB"));
    EXPECT_THAT(result.out, HasSubstr(second.name()));
}

TEST(List, is_json_for_programs)
{
    const region made({.size = "4M"});
    const guest::fd node = made.open(O_RDONLY);
    const json document = json::parse(memlane({"list", "--json"}).out);
    EXPECT_EQ(document["schema"], 1);
    ASSERT_EQ(document["regions"].size(), 1);
    EXPECT_EQ(document["regions"][0]["name"], made.name());
    EXPECT_EQ(document["regions"][0]["size"], 4 << 20);
    EXPECT_EQ(document["regions"][0]["open_count"], 1);
}

TEST(List, works_without_rights_and_hides_addresses)
{
    const region made;
    const command_result result = memlane({"list", "--json"}, {.uid = nobody});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_TRUE(json::parse(result.out)["regions"][0]["phys_addr"].is_null());
}

TEST(Info, shows_a_region_without_opening_it)
{
    const region made;
    const command_result result = memlane({"info", made.node()});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, HasSubstr("size        1048576 (1.00 MiB)"));
    EXPECT_THAT(result.out, HasSubstr("open_count  0"));
}

TEST(Info, of_no_region_says_which_there_are)
{
    const region made;
    expect_failure({"info", "none"}, {"ENOENT", "the regions are: ", made.name()});
}

} // namespace
