// SPDX-License-Identifier: GPL-2.0-or-later
/// Loading, unloading, and what the module tells the tracer.
#include "guest.hpp"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace guest;

namespace {

std::string module_path()
{
    utsname names = {};
    ::uname(&names);
    return std::string("build/module/") + names.release + "/memlane.ko";
}

int load(const std::string& parameters = {})
{
    return sh("insmod " + module_path() + " " + parameters + " 2>/tmp/insmod.err");
}

int unload()
{
    return sh("rmmod memlane 2>/tmp/rmmod.err");
}

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

std::string content(const std::string& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Starts without the module and leaves it loaded, as the guest had it.
class ModuleTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(unload(), 0) << content("/tmp/rmmod.err"); }

    void TearDown() override
    {
        unload();
        ASSERT_EQ(load(), 0) << content("/tmp/insmod.err");
    }
};

TEST_F(ModuleTest, unloading_leaves_nothing)
{
    ASSERT_EQ(load("regions=a:1M,b:2M@0x80000000"), 0);
    EXPECT_TRUE(exists("/dev/memlane/a"));
    EXPECT_EQ(unload(), 0);
    EXPECT_FALSE(exists("/dev/memlane/a"));
    EXPECT_FALSE(exists("/sys/class/memlane"));
    EXPECT_FALSE(exists("/sys/kernel/config/memlane"));
    EXPECT_EQ(content("/proc/iomem").find("memlane"), std::string::npos);
    EXPECT_EQ(content("/proc/devices").find("memlane"), std::string::npos);
}

TEST_F(ModuleTest, the_parameter_makes_regions)
{
    ASSERT_EQ(load("regions=scratch:64M,capture:4M@0x80200000,run:8M:contiguous"), 0)
        << content("/tmp/insmod.err");
    EXPECT_EQ(counter("scratch", "size"), 64 * mib);
    EXPECT_EQ(read_line("/sys/class/memlane/capture/phys_addr"), "0x0000000080200000");
    EXPECT_EQ(counter("run", "segments"), 1U);
    EXPECT_NE(content("/proc/iomem").find("80200000-805fffff : memlane"), std::string::npos);

    // Names are one space, whoever made the region.
    EXPECT_EQ(region({}, "scratch").error(), EEXIST);
    // They serve as any other.
    const fd node(::open("/dev/memlane/run", O_RDWR));
    EXPECT_EQ(::pwrite(node, "x", 1, 0), 1);
}

TEST_F(ModuleTest, a_parameter_that_makes_no_sense_stops_the_load_and_leaves_nothing)
{
    for (const char* regions :
         {"a", "a:", ":1M", "a:1M:loose", "a:1M@", "a:1M@x", "a:0", "a:1M,a:1M", "a:5000",
          "a:1M,b:64T", "a:2M@0x1000000", "a:1M:contiguous:x", ".a:1M", "a:17592186044417M",
          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:1M"}) {
        EXPECT_NE(load(std::string("regions=") + regions), 0) << regions;
        EXPECT_FALSE(exists("/sys/module/memlane"));
        EXPECT_FALSE(exists("/dev/memlane/a"));
    }
}

TEST_F(ModuleTest, it_does_not_unload_while_a_region_is_open)
{
    ASSERT_EQ(load("regions=a:1M"), 0);
    fd node(::open("/dev/memlane/a", O_RDWR));
    ASSERT_GE(node, 0);
    EXPECT_NE(unload(), 0);
    const auto map = std::make_unique<mapping>(node, page, PROT_READ | PROT_WRITE);
    node.close();
    (*map)[0] = 1;
    EXPECT_NE(unload(), 0);
}

TEST_F(ModuleTest, unloading_waits_for_a_page_of_a_range_that_is_still_in_a_pipe)
{
    ASSERT_EQ(load("regions=a:2M@0x80000000"), 0);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    fd out(ends[0]);
    fd in(ends[1]);
    {
        const fd node(::open("/dev/memlane/a", O_RDONLY));
        loff_t position = 0;
        ASSERT_EQ(::splice(node, &position, in, nullptr, page, 0), static_cast<ssize_t>(page));
    }
    std::thread unloader([] { EXPECT_EQ(unload(), 0); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(exists("/sys/module/memlane"));
    std::vector<char> bytes(page);
    EXPECT_EQ(::read(out, bytes.data(), page), static_cast<ssize_t>(page));
    in.close();
    out.close();
    unloader.join();
    EXPECT_FALSE(exists("/sys/module/memlane"));
}

TEST(Trace, a_transfer_is_traced_at_its_start_and_its_end)
{
    const std::string tracing = "/sys/kernel/tracing/";
    ASSERT_EQ(write_file(tracing + "events/memlane/enable", "1"), 0);
    std::ofstream(tracing + "trace").flush();

    const region r({.size = "1M"});
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_WRONLY | O_DIRECT));
    memlane_transfer args = {};
    args.fd = target;
    args.length = mib;
    args.file_offset = 8192;
    ASSERT_EQ(::ioctl(r.open(O_RDONLY), MEMLANE_IOC_SAVE, &args), 0);
    write_file(tracing + "events/memlane/enable", "0");

    const std::string trace = content(tracing + "trace");
    EXPECT_NE(trace.find("memlane_transfer_start: " + r.name() +
                         " save offset=0 length=1048576 file_offset=8192"),
              std::string::npos)
        << trace;
    EXPECT_NE(trace.find("memlane_transfer_end: " + r.name() + " save done=1048576 ret=0"),
              std::string::npos)
        << trace;
}

} // namespace
