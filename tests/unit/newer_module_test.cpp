// SPDX-License-Identifier: GPL-2.0-or-later
// What sysfs may tell one day, in a mount namespace of its own that has a /sys/class to
// write in.
#include <fstream>
#include <sstream>

#include <sched.h>
#include <sys/mount.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"
#include "memlane/region_status.hpp"

namespace {

using guest::must_run;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* class_folder = "/sys/class/memlane";

class NewerModule : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        for (const char* place : {"/sys/class", "/sys/module"}) {
            ASSERT_EQ(::mount("none", place, "tmpfs", 0, nullptr), 0) << place;
        }
        must_run("mkdir -p /sys/module/memlane " + std::string(class_folder));
    }

    void TearDown() override
    {
        ::umount("/sys/module");
        ::umount("/sys/class");
    }

    static void put(const std::string& region, const std::string& attributes)
    {
        const std::string folder = std::string(class_folder) + "/" + region + "/";
        must_run("mkdir -p " + folder);
        std::istringstream lines("kind=pages size=4096 segments=1 phys_addr=0x1000 coherent=1 "
                                 "open_count=0 saves=0 saved_bytes=0 save_errors=0 loads=0 "
                                 "loaded_bytes=0 load_errors=0 " +
                                 attributes);
        for (std::string each; lines >> each;) {
            const std::size_t mark = each.find('=');
            std::ofstream(folder + each.substr(0, mark)) << each.substr(mark + 1) << '\n';
        }
    }
};

TEST_F(NewerModule, tells_of_some_regions_what_is_not_known_and_of_others_all)
{
    const std::string screen = "geometry=8x8 stride=64 rows=8 refresh=60 blank=0 frames=3 format=";
    const std::string ring = "slot_size=4096 slots=1 ring=1 policy=";
    put("a", screen + "yuv420");
    put("b", ring + "drop-all");
    put("c", "kind=dmabuf");
    put("d", screen + "rgb565");
    put("e", "geometry=8xmany");
    put("f", "segments=many");

    const guest::command_result list = guest::memlane({"list"});
    EXPECT_EQ(list.status, 0) << list.err;
    EXPECT_THAT(list.out,
                AllOf(HasSubstr("0  unknown format 'yuv420'\nb"),
                      HasSubstr("0  unknown policy 'drop-all'\nc     unknown"),
                      HasSubstr("0  unknown kind 'dmabuf'\n"), HasSubstr("0x1000     0\ne")));
    EXPECT_THAT(list.out, HasSubstr("unknown segments 'many'\n"));
    EXPECT_THAT(guest::memlane({"info", "a"}).out, HasSubstr("unknown format 'yuv420'"));
    EXPECT_THAT(guest::memlane({"info", "d"}).out, HasSubstr("8x8 rgb565"));
    const auto json = nlohmann::json::parse(guest::memlane({"list", "--json"}).out);
    EXPECT_EQ(json["regions"].size(), 6U);
    EXPECT_EQ(json["regions"][0]["unknown"], "unknown format 'yuv420'");
    EXPECT_FALSE(json["regions"][3].contains("unknown"));
    EXPECT_EQ(json["regions"][3]["screen"]["format"], "rgb565");
    EXPECT_THAT(guest::memlane({"record", "b", "/tmp/none"}).err,
                HasSubstr("unknown policy 'drop-all'"));
}

} // namespace
