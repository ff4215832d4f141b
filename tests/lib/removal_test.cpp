// SPDX-License-Identifier: GPL-2.0-or-later
// Devices that are unplugged in the middle of a transfer, and NVMe.
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "devices.hpp"
#include "guest.hpp"
#include "memlane/error.hpp"
#include "memlane/source.hpp"
#include "memlane/transfer.hpp"

namespace {

using guest::mib;
using memlane::access_mode;
using memlane::transfer_error;
using memlane::transfer_options;
using memlane::transfer_progress;
using memlane::way_kind;
using testing::HasSubstr;

constexpr const char* nvme = "/dev/nvme0n1";

bool is_block_device(const std::string& path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode);
}

/** Unplugs a PCI device, and plugs it in again at scope end. */
class unplugged {
public:
    /// @param sign what is there when the device is in use again
    unplugged(std::string directory, std::string sign)
        : directory_(std::move(directory)), sign_(std::move(sign))
    {
    }
    unplugged(const unplugged&) = delete;
    unplugged& operator=(const unplugged&) = delete;
    ~unplugged()
    {
        guest::write_file("/sys/bus/pci/rescan", "1");
        for (int i = 0; i < 100 && ::access(sign_.c_str(), F_OK) != 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }

    void unplug()
    {
        if (!done_) {
            done_ = true;
            EXPECT_EQ(guest::write_file(directory_ + "/remove", "1"), 0);
        }
    }

private:
    std::string directory_;
    std::string sign_;
    bool done_ = false;
};

std::string pci_directory(const std::string& block_device)
{
    // .../0000:00:06.0/nvme/nvme0/nvme0n1
    const std::string name = block_device.substr(block_device.rfind('/') + 1);
    std::string path = std::filesystem::canonical("/sys/block/" + name);
    return path.substr(0, path.find("/nvme/"));
}

TEST(Nvme, takes_and_gives_back_what_a_region_holds)
{
    const guest::region made({.size = "8M"});
    const guest::fd node = made.open(O_RDWR);
    const guest::mapping map(node, 8 * mib, PROT_READ | PROT_WRITE);
    const auto memory = memlane::open_source(made.name(), access_mode::read_write);
    for (const way_kind kind :
         {way_kind::kernel, way_kind::direct, way_kind::bounce, way_kind::buffered}) {
        const auto seed = static_cast<std::uint32_t>(kind) + 7;
        guest::fill(map.bytes(), seed);
        const transfer_options options = {
            .file_offset_bytes = mib, .requested = kind, .verify = true};
        EXPECT_EQ(memlane::save(*memory, nvme, options).used, kind);
        guest::fill(map.bytes(), seed + 100);
        EXPECT_EQ(memlane::load(nvme, *memory, options).used, kind);
        EXPECT_EQ(guest::first_wrong(map.bytes(), seed), 8 * mib) << to_string(kind);
    }
}

class Unplugged : public testing::TestWithParam<way_kind> {};

INSTANTIATE_TEST_SUITE_P(Ways, Unplugged,
                         testing::Values(way_kind::kernel, way_kind::direct, way_kind::bounce,
                                         way_kind::buffered),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST_P(Unplugged, a_target_ends_a_save_with_an_error_and_a_count)
{
    ASSERT_TRUE(is_block_device(nvme));
    const guest::region made({.size = "64M"});
    const auto memory = memlane::open_source(made.name());
    unplugged disk(pci_directory(nvme), nvme);
    // One at a time: threads would run ahead of the progress they report.
    transfer_options options = {.io_bytes = 256 << 10, .depth = 1, .requested = GetParam()};
    options.progress = [&](const transfer_progress& now) {
        if (now.done_bytes >= 4 * mib) {
            disk.unplug();
        }
    };
    try {
        memlane::save(*memory, nvme, options);
        FAIL() << "it was saved";
    } catch (const transfer_error& e) {
        EXPECT_THAT(e.code().value(), testing::AnyOf(EIO, ENODEV)) << e.what();
        EXPECT_GE(e.done_bytes(), 4 * mib);
        EXPECT_LE(e.done_bytes(), 64 * mib); // all, when only the sync came too late
        EXPECT_THAT(e.what(), HasSubstr("memlane:" + made.name() + " -> " + nvme));
    }
}

TEST(UnpluggedCard, ends_a_save_where_its_memory_went_away)
{
    const guest::scratch_fs fs(128);
    const std::string card = guest::find_pci(guest::ivshmem);
    const auto memory = memlane::open_source("pci:" + card + "/2", access_mode::read_write);
    guest::fill({reinterpret_cast<unsigned char*>(memory->map(0, 64 * mib).bytes().data()),
                 static_cast<std::size_t>(64 * mib)},
                3);
    const std::string directory = "/sys/bus/pci/devices/" + card;
    unplugged device(directory, directory);
    transfer_options options = {.io_bytes = 256 << 10, .depth = 1};
    options.progress = [&](const transfer_progress& now) {
        if (now.done_bytes >= 4 * mib) {
            device.unplug();
        }
    };
    const std::string path = fs.file("out.raw");
    try {
        memlane::save(*memory, path, options);
        FAIL() << "it was saved";
    } catch (const transfer_error& e) {
        EXPECT_GE(e.done_bytes(), 4 * mib);
        EXPECT_LT(e.done_bytes(), 64 * mib);
        EXPECT_THAT(e.what(), HasSubstr("no memory at offset " + std::to_string(e.done_bytes())));
        EXPECT_THAT(e.what(), HasSubstr("the device was removed"));
        const guest::fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        std::vector<unsigned char> bytes(e.done_bytes());
        EXPECT_EQ(::read(file, bytes.data(), bytes.size()), static_cast<ssize_t>(e.done_bytes()));
        EXPECT_EQ(guest::first_wrong(bytes, 3), e.done_bytes());
    }
}

TEST(SparseFile, keeps_its_holes_around_what_is_saved_into_it)
{
    const guest::scratch_fs fs;
    const std::string path = fs.file("sparse");
    ASSERT_EQ(guest::sh("truncate -s 1G " + path), 0);
    const guest::region made({.size = "4M"});
    const auto memory = memlane::open_source(made.name(), access_mode::read_write);
    memlane::save(*memory, path, {.file_offset_bytes = 512 * mib, .verify = true});
    struct stat status = {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_size, 1 << 30);
    EXPECT_LT(status.st_blocks * 512, static_cast<blkcnt_t>(5 * mib));

    guest::fill(guest::mapping(made.open(O_RDWR), 4 * mib, PROT_READ | PROT_WRITE).bytes(), 1);
    EXPECT_EQ(memlane::load(path, *memory, {.length_bytes = 4 * mib}).bytes, 4 * mib);
    EXPECT_EQ(guest::sh("cmp -n 4194304 /dev/zero " + made.node()), 0) << "a hole is zeros";
}

TEST(PreallocatedFile, is_filled_in_place)
{
    const guest::scratch_fs fs;
    const std::string path = fs.file("reserved");
    ASSERT_EQ(guest::sh("fallocate -l 16M " + path), 0);
    const guest::region made({.size = "4M"});
    const auto memory = memlane::open_source(made.name());
    memlane::save(*memory, path, {.file_offset_bytes = 0, .verify = true});
    struct stat status = {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_size, static_cast<off_t>(16 * mib));
}

} // namespace
