// SPDX-License-Identifier: GPL-2.0-or-later
// Transfers through the library, against the module: all ways, both kinds.
#include "memlane/transfer.hpp"

#include <cerrno>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "memlane/error.hpp"
#include "memlane/region_status.hpp"

namespace {

using guest::mib;
using memlane::access_mode;
using memlane::region;
using memlane::transfer_error;
using memlane::transfer_options;
using memlane::transfer_progress;
using memlane::transfer_result;
using memlane::way_kind;
using testing::HasSubstr;

constexpr std::size_t size = 4 * mib;
constexpr std::uint32_t seed = 11;

/** A region with guest::fill()'s pattern, open. */
class filled_region final {
public:
    explicit filled_region(const std::string& bytes = "4M",
                           std::optional<std::uint64_t> phys_addr = {})
        : made_({.size = bytes, .phys_addr = phys_addr}),
          opened_(made_.name(), access_mode::read_write),
          map_(opened_.map(0, opened_.info().size_bytes))
    {
        fill(seed);
    }

    [[nodiscard]] const region& opened() const { return opened_; }
    [[nodiscard]] const std::string& name() const { return made_.name(); }
    [[nodiscard]] std::span<unsigned char> bytes() const
    {
        return {reinterpret_cast<unsigned char*>(map_.bytes().data()), map_.bytes().size()};
    }
    void fill(std::uint32_t with) const { guest::fill(bytes(), with); }

private:
    guest::region made_;
    region opened_;
    memlane::mapping map_;
};

/** @return the bytes of a file or device, read through the page cache. */
std::vector<unsigned char> content(const std::string& path, std::size_t length, off_t offset = 0)
{
    std::vector<unsigned char> bytes(length);
    const guest::fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t got = ::pread(file, bytes.data(), length, offset);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
}

std::uint64_t file_size(const std::string& path)
{
    struct stat status = {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return static_cast<std::uint64_t>(status.st_size);
}

/** Tests that share a file system, since making one takes a second. */
class OnDisk : public testing::Test {
protected:
    static void SetUpTestSuite() { shared_fs = std::make_unique<guest::scratch_fs>(); }
    static void TearDownTestSuite() { shared_fs.reset(); }

    ~OnDisk() override { ::unlink(path_.c_str()); }

    static inline std::unique_ptr<guest::scratch_fs> shared_fs;

    transfer_options options_;
    std::string path_ = shared_fs->file("out.raw");
};

class Ways : public OnDisk, public testing::WithParamInterface<way_kind> {
protected:
    Ways() { options_.requested = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(All, Ways,
                         testing::Values(way_kind::kernel, way_kind::direct, way_kind::bounce,
                                         way_kind::buffered),
                         [](const testing::TestParamInfo<way_kind>& each) {
                             return std::string(to_string(each.param));
                         });

TEST_P(Ways, save_and_load_what_a_region_holds)
{
    const filled_region memory;
    options_.verify = true;
    const transfer_result saved = save(memory.opened(), path_, options_);
    EXPECT_EQ(saved.bytes, size);
    EXPECT_EQ(saved.used, GetParam());
    EXPECT_EQ(guest::first_wrong(content(path_, size), seed), size);

    memory.fill(seed + 1);
    const transfer_result loaded = load(path_, memory.opened(), options_);
    EXPECT_EQ(loaded.bytes, size);
    EXPECT_EQ(guest::first_wrong(memory.bytes(), seed), size);
}

TEST_P(Ways, save_a_reserved_region)
{
    const filled_region memory("4M", guest::reserved_base);
    options_.verify = true;
    save(memory.opened(), path_, options_);
    EXPECT_EQ(guest::first_wrong(content(path_, size), seed), size);
}

TEST_P(Ways, cut_the_file_to_an_unaligned_length)
{
    const filled_region memory;
    for (const std::uint64_t length :
         {std::uint64_t{1}, std::uint64_t{1000001}, std::uint64_t{size - 1}}) {
        options_.length_bytes = length;
        options_.verify = true;
        save(memory.opened(), path_, options_);
        EXPECT_EQ(file_size(path_), length);
        EXPECT_EQ(guest::first_wrong(content(path_, length), seed), length);
    }
}

TEST_P(Ways, load_an_unaligned_length_and_no_byte_more)
{
    constexpr std::size_t length = 1000001;
    const filled_region memory;
    options_.length_bytes = length;
    save(memory.opened(), path_, options_);

    std::vector<unsigned char> expected(size);
    guest::fill(expected, seed + 1);
    guest::fill(std::span(expected).first(length), seed);
    memory.fill(seed + 1);
    options_.length_bytes = std::nullopt;
    EXPECT_EQ(load(path_, memory.opened(), options_).bytes, length);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory.bytes().begin()));
}

TEST_P(Ways, keep_what_a_block_device_has_behind_the_length)
{
    constexpr std::size_t length = 1000001;
    const guest::null_disk disk;
    const filled_region memory;
    memory.fill(seed + 1);
    save(memory.opened(), disk.path());
    memory.fill(seed);
    options_.length_bytes = length;
    options_.verify = true;
    save(memory.opened(), disk.path(), options_);

    std::vector<unsigned char> expected(size);
    guest::fill(expected, seed + 1);
    guest::fill(std::span(expected).first(length), seed);
    EXPECT_EQ(content(disk.path(), size), expected);
}

TEST_P(Ways, count_exactly_how_much_fits_on_a_full_disk)
{
    const guest::scratch_fs small(32);
    path_ = small.file("out.raw");
    const filled_region memory("40M");
    try {
        save(memory.opened(), path_, options_);
        FAIL() << "40 MiB fit on a disk of 32";
    } catch (const transfer_error& e) {
        EXPECT_EQ(e.code().value(), ENOSPC) << e.what();
        EXPECT_THAT(e.what(), HasSubstr("; the file holds those"));
        const std::uint64_t done = e.done_bytes();
        // Some 27 MiB fit, of which four I/Os of 4 MiB may lie behind the first gap.
        EXPECT_GE(done, 8 * mib);
        EXPECT_LT(done, 32 * mib);
        EXPECT_EQ(file_size(path_), done);
        EXPECT_EQ(guest::first_wrong(content(path_, done), seed), done);
    }
}

TEST_P(Ways, stop_half_way_with_an_exact_count)
{
    const filled_region memory("16M");
    std::atomic<bool> stop = false;
    options_.stop = &stop;
    options_.io_bytes = 256 << 10;
    options_.depth = GetParam() == way_kind::bounce ? 1 : 4; // threads would run ahead
    options_.progress = [&](const transfer_progress& now) { stop = now.done_bytes >= mib; };
    try {
        save(memory.opened(), path_, options_);
        FAIL() << "it went on";
    } catch (const transfer_error& e) {
        EXPECT_EQ(e.code().value(), EINTR);
        EXPECT_GE(e.done_bytes(), mib);
        EXPECT_LT(e.done_bytes(), 16 * mib);
        EXPECT_EQ(file_size(path_), e.done_bytes());
    }
}

TEST_F(OnDisk, auto_takes_the_kernel_way)
{
    const filled_region memory;
    const transfer_result result = save(memory.opened(), path_);
    EXPECT_EQ(result.used, way_kind::kernel);
    EXPECT_THAT(result.reason, HasSubstr("takes direct I/O"));
}

TEST(NoDirectIo, on_a_tmpfs_goes_through_the_page_cache)
{
    const filled_region memory;
    const std::string path = "/dev/shm/" + memory.name(); // a tmpfs
    const transfer_result result = save(memory.opened(), path);
    EXPECT_EQ(result.used, way_kind::buffered);
    EXPECT_THAT(result.reason, HasSubstr("cannot do direct I/O"));
    EXPECT_EQ(guest::first_wrong(content(path, size), seed), size);
    ::unlink(path.c_str());
}

TEST(NoDirectIo, is_found_out_on_a_stacked_file_system_that_promised_it)
{
    const filled_region memory;
    const std::string base = "/tmp/" + memory.name();
    // On a ramfs: a tmpfs takes direct I/O from Linux 6.6 on.
    ASSERT_EQ(guest::sh("mkdir " + base + " && mount -t ramfs ramfs " + base + " && cd " + base +
                        " && mkdir lower upper work top && mount -t overlay -o " +
                        "lowerdir=lower,upperdir=upper,workdir=work overlay top"),
              0);
    const std::string path = base + "/top/file";
    EXPECT_EQ(save(memory.opened(), path).used, way_kind::buffered);
    EXPECT_EQ(guest::first_wrong(content(path, size), seed), size);
    EXPECT_EQ(guest::sh("umount " + base + "/top && umount " + base + " && rmdir " + base), 0);
}

TEST_F(OnDisk, the_kernel_way_makes_one_call_unless_progress_is_wanted)
{
    const filled_region memory("32M");
    save(memory.opened(), path_);
    EXPECT_EQ(memlane::read_status(memory.name()).saved.calls, 1);

    options_.progress = [](const transfer_progress&) {};
    save(memory.opened(), path_, options_);
    EXPECT_GT(memlane::read_status(memory.name()).saved.calls, 2);
    EXPECT_EQ(memlane::read_status(memory.name()).saved.bytes, 64 * mib);
}

TEST_F(OnDisk, load_needs_a_region_open_for_writing)
{
    const filled_region memory;
    save(memory.opened(), path_);
    try {
        load(path_, region(memory.name()));
        FAIL() << "it was loaded";
    } catch (const transfer_error& e) {
        EXPECT_EQ(e.code().value(), EBADF);
    }
}

} // namespace
