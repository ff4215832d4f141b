// SPDX-License-Identifier: GPL-2.0-or-later
/// A guest that is cut off while it records, and what the next one finds on its
/// disk. Runs on the host, and starts the guests itself.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "guest.hpp"
#include "scratch_dir.hpp"

namespace {

constexpr int guest_died = 70; // scripts/vm's exit status

/// A directory that guests share, with a disk that outlives them.
class CutOff : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_EQ(guest::sh("truncate -s 2G " + disk()), 0);
        ASSERT_EQ(guest::sh("mkfs.ext4 -q " + disk()), 0);
    }

    [[nodiscard]] std::string disk() const { return shared_.file("disk"); }
    [[nodiscard]] std::string in_share(const std::string& name) const { return shared_.file(name); }

    /// Runs @p script in a guest with the disk mounted on /mnt. @return the exit status
    int run_guest(const std::string& script)
    {
        std::ofstream(in_share("script")) << "set -e\nmount /dev/vda /mnt\n" << script;
        return guest::sh(std::string(MEMLANE_TREE) +
                         "/scripts/vm --no-build --timeout 200 --share " + shared_.file("") +
                         " --disk-file " + disk() + " -- bash " + in_share("script") + " > " +
                         in_share("log") + " 2>&1");
    }

    [[nodiscard]] std::string log() const
    {
        std::ifstream in(in_share("log"));
        return {std::istreambuf_iterator<char>(in), {}};
    }

    guest::scratch_dir shared_;
};

TEST_F(CutOff, in_mid_record_every_frame_up_to_the_last_sync_point_is_there)
{
    // The index grows at sync points only: what it has is to come back.
    const int died = run_guest("memlane create ring --size 32M --slot-size 256K\n"
                               "memlane produce ring --rate 200 &\n"
                               "memlane record ring /mnt/run --sync-every 8M &\n"
                               "until [ $(stat -c %s /mnt/run.index || echo 0) -gt 10000 ]; do\n"
                               "    sleep 0.05\n"
                               "done\n"
                               "stat -c %s /mnt/run.index > " +
                               in_share("index_size") +
                               "\n"
                               "sync -f " +
                               in_share("index_size") +
                               "\n"
                               "echo b > /proc/sysrq-trigger\n"
                               "sleep 100\n");
    ASSERT_EQ(died, guest_died) << log();
    const std::uint64_t synced = (std::stoull(guest::read_line(in_share("index_size"))) - 64) / 48;
    ASSERT_GT(synced, 200U);

    ASSERT_EQ(run_guest("memlane check /mnt/run && exit 1\n"
                        "memlane check /mnt/run --repair\n"
                        "memlane check /mnt/run\n"
                        "memlane info /mnt/run --json > " +
                        in_share("info") + "\n"),
              0)
        << log();
    const std::string frames = in_share("frames");
    ASSERT_EQ(guest::sh("sed -n 's/.*\"frames\": \\([0-9]*\\).*/\\1/p' " + in_share("info") +
                        " > " + frames),
              0);
    EXPECT_GE(std::stoull(guest::read_line(frames)), synced) << log();
}

} // namespace
