// SPDX-License-Identifier: GPL-2.0-or-later
// memlane save where the target fails or a signal comes half-way.
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"

namespace {

using guest::command;
using guest::command_result;
using guest::memlane;
using guest::mib;
using nlohmann::json;
using testing::HasSubstr;

constexpr std::uint64_t size = 32 * mib;

/** A region of 32 MiB with a pattern. */
class filled_region final {
public:
    filled_region()
    {
        const guest::fd node = made_.open(O_RDWR);
        guest::fill(guest::mapping(node, size, PROT_READ | PROT_WRITE).bytes(), 23);
    }

    [[nodiscard]] const std::string& name() const { return made_.name(); }
    [[nodiscard]] guest::region& made() { return made_; }

    /** Expects the first @p length bytes of @p path to be the region's. */
    void expect_in(const std::string& path, std::uint64_t length) const
    {
        EXPECT_EQ(guest::sh("cmp -n " + std::to_string(length) + " " + made_.node() + " " + path),
                  0);
    }

private:
    guest::region made_{{.size = "32M"}};
};

/** On a disk that takes its time for each request. */
class slow_fs final {
public:
    [[nodiscard]] std::string file() const { return fs_.file("out.raw"); }

private:
    guest::scratch_fs fs_{{.size_mib = 64, .latency_ns = 4'000'000}, "^has_journal"};
};

/** @return bytes that @p save has sent to a disk; a file system's own are not among them */
std::uint64_t written(const command& save)
{
    std::ifstream io("/proc/" + std::to_string(save.pid()) + "/io");
    std::string field;
    std::uint64_t bytes = 0;
    while (io >> field >> bytes && field != "write_bytes:") {
    }
    return bytes;
}

/** Waits until @p save is well under way. */
void wait_for_writes(const command& save)
{
    while (written(save) < 256 * guest::kib) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

/** One small I/O after the other: on a slow disk, half a minute for all 32 MiB. */
std::vector<std::string> slow_save(const filled_region& memory, const std::string& target)
{
    return {"save", memory.name(), target, "--io-size", "4K", "--depth", "1", "--json"};
}

TEST(FullDisk, leaves_exactly_what_fits_and_says_so)
{
    const filled_region memory;
    const guest::scratch_fs fs(24);
    const std::string path = fs.file("out.raw");
    const command_result result = memlane({"save", memory.name(), path, "--json"});
    EXPECT_EQ(result.status, 1);

    const json document = json::parse(result.out);
    const std::uint64_t done = document["bytes"];
    EXPECT_EQ(document["error"]["name"], "ENOSPC");
    EXPECT_GT(done, 8 * mib);
    EXPECT_LT(done, 24 * mib);
    EXPECT_EQ(guest::sh("test $(stat -c %s " + path + ") = " + std::to_string(done)), 0);
    memory.expect_in(path, done);
    EXPECT_THAT(result.err,
                testing::MatchesRegex("memlane: save memlane:" + memory.name() + " -> " + path +
                                      ": No space left on device .ENOSPC. after [0-9.]+ MiB of "
                                      "32.00 MiB; the file holds those [0-9.]+ MiB\n"));
}

TEST(FullDisk, loses_a_new_file_with_nothing_in_it)
{
    const filled_region memory;
    const guest::scratch_fs fs(24);
    guest::sh("cat /dev/zero >" + fs.file("filler") + " 2>/dev/null");
    const command_result result = memlane({"save", memory.name(), fs.file("out.raw")});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("ENOSPC"));
    EXPECT_THAT(result.err, HasSubstr("after 0 B of 32.00 MiB; the new file was removed"));
    EXPECT_NE(::access(fs.file("out.raw").c_str(), F_OK), 0);
}

TEST(SmallDevice, holds_exactly_what_fits)
{
    const filled_region memory;
    const guest::null_disk disk({.size_mib = 24});
    const command_result result = memlane({"save", memory.name(), disk.path(), "--json"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(json::parse(result.out)["bytes"], 24 * mib);
    EXPECT_THAT(result.err, HasSubstr("ENOSPC"));
    EXPECT_THAT(result.err, HasSubstr("; the device holds those 24.00 MiB"));
    memory.expect_in(disk.path(), 24 * mib);
}

TEST(FailingDisk, is_an_io_error_with_an_exact_count)
{
    const filled_region memory;
    const guest::null_disk disk({.bad_sectors = "16384-16391"}); // at 8 MiB
    for (const char* way : {"kernel", "direct"}) {
        const command_result result = memlane(
            {"save", memory.name(), disk.path(), "--way", way, "--io-size", "1M", "--json"});
        EXPECT_EQ(result.status, 1) << way;
        EXPECT_EQ(json::parse(result.out)["bytes"], 8 * mib) << way;
        EXPECT_THAT(result.err, HasSubstr("Input/output error (EIO) after 8.00 MiB of 32.00 MiB; "
                                          "the device holds those 8.00 MiB"));
    }
    memory.expect_in(disk.path(), 8 * mib);
}

TEST(FailingDisk, is_an_io_error_for_load_too)
{
    const filled_region memory;
    const guest::null_disk disk({.bad_sectors = "16384-16391"});
    const command_result result =
        memlane({"load", disk.path(), memory.name(), "--io-size", "1M", "--json"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(json::parse(result.out)["bytes"], 8 * mib);
    EXPECT_THAT(result.err, HasSubstr("EIO"));
    EXPECT_THAT(result.err, HasSubstr("; the memory holds those 8.00 MiB"));
}

class Interrupt : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Ways, Interrupt, testing::Values("kernel", "direct"),
                         [](const testing::TestParamInfo<const char*>& each) {
                             return std::string(each.param);
                         });

TEST_P(Interrupt, leaves_a_file_of_what_is_valid_and_exits_130)
{
    const filled_region memory;
    const slow_fs fs;
    auto arguments = slow_save(memory, fs.file());
    arguments.insert(arguments.end(), {"--way", GetParam()});
    command save(arguments);
    wait_for_writes(save);
    save.signal(SIGINT);
    const command_result result = save.wait();

    EXPECT_EQ(result.status, 130) << result.err;
    const std::uint64_t done = json::parse(result.out)["bytes"];
    EXPECT_GT(done, 0);
    EXPECT_LT(done, size);
    EXPECT_THAT(result.err, HasSubstr("(EINTR) after"));
    EXPECT_THAT(result.err, HasSubstr("; the file holds those"));
    EXPECT_EQ(guest::sh("test $(stat -c %s " + fs.file() + ") = " + std::to_string(done)), 0);
    memory.expect_in(fs.file(), done);
}

TEST(Terminate, of_a_save_to_a_device_says_what_it_holds)
{
    const filled_region memory;
    const guest::null_disk disk({.latency_ns = 4'000'000});
    command save(slow_save(memory, disk.path()));
    wait_for_writes(save);
    save.signal(SIGTERM);
    const command_result result = save.wait();
    EXPECT_EQ(result.status, 128 + SIGTERM);
    EXPECT_THAT(result.err, HasSubstr("; the device holds those"));
    memory.expect_in(disk.path(), json::parse(result.out)["bytes"]);
}

TEST(Kill, in_mid_save_leaves_nothing_open)
{
    filled_region memory;
    const slow_fs fs;
    command save(slow_save(memory, fs.file()));
    wait_for_writes(save);
    EXPECT_EQ(memlane({"destroy", memory.name()}).status, 1) << "it is being saved";
    save.signal(SIGKILL);
    EXPECT_EQ(save.wait().status, 128 + SIGKILL);

    EXPECT_EQ(guest::counter(memory.name(), "open_count"), 0);
    EXPECT_EQ(
        guest::sh("head -c 65536 " + fs.file() + " | cmp -n 65536 - /dev/memlane/" + memory.name()),
        0);
    EXPECT_EQ(memory.made().destroy(), 0);
}

} // namespace
