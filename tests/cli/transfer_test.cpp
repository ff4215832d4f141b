// SPDX-License-Identifier: GPL-2.0-or-later
// memlane save and load where all goes well, and where they refuse to begin.
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "failure.hpp"
#include "guest.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using guest::mib;
using nlohmann::json;
using testing::HasSubstr;

/** Tests that share a file system, since making one takes a second. */
class Transfer : public testing::Test {
protected:
    static void SetUpTestSuite() { shared_fs = std::make_unique<guest::scratch_fs>(); }
    static void TearDownTestSuite() { shared_fs.reset(); }

    Transfer()
    {
        const guest::fd node = region_.open(O_RDWR);
        guest::fill(guest::mapping(node, 8 * mib, PROT_READ | PROT_WRITE).bytes(), 5);
    }
    ~Transfer() override { ::unlink(path_.c_str()); }

    static inline std::unique_ptr<guest::scratch_fs> shared_fs;

    guest::region region_{{.size = "8M"}};
    std::string path_ = shared_fs->file("out.raw");
};

TEST_F(Transfer, save_and_load_tell_in_json_what_they_did)
{
    const command_result saved =
        memlane({"save", region_.name(), path_, "--verify", "--json", "--length", "1000001"});
    ASSERT_EQ(saved.status, 0) << saved.err;
    const json save = json::parse(saved.out);
    EXPECT_EQ(save["schema"], 1);
    EXPECT_EQ(save["verb"], "save");
    EXPECT_EQ(save["source"], "memlane:" + region_.name());
    EXPECT_EQ(save["target"], path_);
    EXPECT_EQ(save["bytes"], 1000001);
    EXPECT_EQ(save["way"], "kernel");
    EXPECT_EQ(save["requested_way"], "auto");
    EXPECT_TRUE(save["verified"]);
    EXPECT_TRUE(save["elapsed_ns"].is_number_unsigned());
    EXPECT_GT(save["bytes_per_second"], 0);

    const command_result loaded =
        memlane({"load", path_, region_.name(), "--json", "--way", "direct", "--offset", "1M"});
    ASSERT_EQ(loaded.status, 0) << loaded.err;
    EXPECT_EQ(json::parse(loaded.out)["bytes"], 1000001);
    EXPECT_EQ(json::parse(loaded.out)["way"], "direct");
}

TEST_F(Transfer, save_says_in_a_line_what_it_did)
{
    const command_result result = memlane({"save", region_.node(), path_});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "") << "no bar where there is no terminal";
    EXPECT_THAT(result.out, HasSubstr(" -> " + path_ + ": 8.00 MiB in "));
    EXPECT_THAT(result.out, HasSubstr("way kernel"));
}

TEST_F(Transfer, each_way_and_shape_makes_the_same_file)
{
    for (const char* way : {"kernel", "direct", "buffered"}) {
        EXPECT_EQ(memlane({"save", region_.name(), path_, "--way", way, "--io-size", "256K",
                           "--depth", "16", "--no-sync", "--verify"})
                      .status,
                  0);
        EXPECT_EQ(guest::sh("cmp " + region_.node() + " " + path_), 0) << way;
    }
}

TEST_F(Transfer, save_to_a_place_in_a_file_keeps_the_rest)
{
    ASSERT_EQ(memlane({"save", region_.name(), path_}).status, 0);
    ASSERT_EQ(
        memlane({"save", region_.name(), path_, "--length", "5000", "--file-offset", "1M"}).status,
        0);
    EXPECT_EQ(guest::sh("cmp -n 1048576 " + region_.node() + " " + path_), 0);
    EXPECT_EQ(guest::sh("cmp -n 5000 -i 0:1048576 " + region_.node() + " " + path_), 0);
    EXPECT_EQ(guest::sh("cmp -i 1053576 " + region_.node() + " " + path_), 0);
}

TEST_F(Transfer, targets_that_are_no_storage_are_refused)
{
    for (const std::string& target : {std::string("/dev/null"), region_.node()}) {
        expect_failure({"save", region_.name(), target},
                       {target, "EINVAL", "neither a regular file nor a block device"});
        expect_failure({"load", target, region_.name()},
                       {target, "EINVAL", "neither a regular file nor a block device"});
    }
    expect_failure({"save", region_.name(), shared_fs->path()}, {"EISDIR"});
}

TEST_F(Transfer, a_mounted_device_is_refused)
{
    const guest::null_disk disk;
    ASSERT_EQ(guest::sh("mkfs.ext4 -q -F " + disk.path() + " && mount " + disk.path() + " /mnt"),
              0);
    expect_failure({"save", region_.name(), disk.path()}, {"EBUSY", "mounted"});
    EXPECT_EQ(guest::sh("umount /mnt"), 0);
}

TEST_F(Transfer, a_file_that_cannot_be_written_is_refused)
{
    const guest::scratch_fs read_only(32, "ro");
    expect_failure({"save", region_.name(), read_only.file("new")}, {"EROFS"});
}

TEST_F(Transfer, ranges_outside_the_region_are_refused_and_lose_nothing)
{
    ASSERT_EQ(guest::sh("echo precious >" + path_), 0);
    expect_failure({"save", region_.name(), path_, "--offset", "8M", "--length", "1"}, {"EINVAL"});
    expect_failure({"save", region_.name(), path_, "--offset", "9M"}, {"EINVAL"});
    expect_failure({"save", region_.name(), path_, "--length", "0xffffffffffffffff"}, {"EINVAL"});
    expect_failure({"save", region_.name(), path_, "--file-offset", "0x7fffffffffffffff"},
                   {"EOVERFLOW"});
    EXPECT_EQ(guest::sh("grep -q precious " + path_), 0);
}

TEST_F(Transfer, unaligned_offsets_are_refused_by_the_direct_ways)
{
    for (const char* way : {"kernel", "direct"}) {
        expect_failure({"save", region_.name(), path_, "--offset", "100", "--way", way},
                       {"EINVAL", "the offset 100 is no multiple of", "--way bounce"});
    }
    EXPECT_NE(::access(path_.c_str(), F_OK), 0);
    const command_result result =
        memlane({"save", region_.name(), path_, "--offset", "100", "--verbose"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.err, HasSubstr("way bounce: "));
    EXPECT_THAT(result.err, HasSubstr("not direct: the offset 100"));
}

TEST_F(Transfer, io_sizes_and_depths_beyond_the_limits_are_refused)
{
    expect_failure({"save", region_.name(), path_, "--io-size", "1000"}, {"EINVAL", "page size"});
    expect_failure({"save", region_.name(), path_, "--io-size", "2G"}, {"EINVAL", "1073741824"});
    expect_failure({"save", region_.name(), path_, "--depth", "65"}, {"EINVAL", "more than 64"});
}

TEST_F(Transfer, a_file_that_does_not_fit_is_not_loaded)
{
    ASSERT_EQ(guest::sh("truncate -s 9M " + path_), 0);
    expect_failure({"load", path_, region_.name()}, {"EFBIG", "9437184"});
    expect_failure({"load", path_, region_.name(), "--length", "10M"}, {"EINVAL"});
    expect_failure({"load", shared_fs->file("none"), region_.name()}, {"ENOENT"});
    EXPECT_EQ(memlane({"load", path_, region_.name(), "--length", "8M"}).status, 0);
}

TEST_F(Transfer, a_failure_is_json_too_when_asked_for)
{
    const command_result result = memlane({"save", region_.name(), "/dev/null", "--json"});
    EXPECT_EQ(result.status, 1);
    const json document = json::parse(result.out);
    EXPECT_EQ(document["bytes"], 0);
    EXPECT_EQ(document["error"]["name"], "EINVAL");
    EXPECT_THAT(result.err, HasSubstr(document["error"]["message"]));
}

} // namespace
