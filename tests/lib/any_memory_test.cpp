// SPDX-License-Identifier: GPL-2.0-or-later
// Every kind of memory, by every way that works for it; and what doctor says.
#include "any_memory.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector.hpp"
#include "devices.hpp"
#include "guest.hpp"
#include "memlane/diagnosis.hpp"
#include "memlane/error.hpp"
#include "memlane/source.hpp"
#include "memlane/transfer.hpp"

namespace {

using guest::memory_kind;
using guest::mib;
using memlane::access_mode;
using memlane::diagnosis;
using memlane::source;
using memlane::transfer_options;
using memlane::transfer_result;
using memlane::way_kind;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint32_t seed = 61;
constexpr std::uint64_t most = 4 * mib;

class AnyMemory : public testing::TestWithParam<memory_kind> {
protected:
    static void SetUpTestSuite() { fs = std::make_unique<guest::scratch_fs>(); }
    static void TearDownTestSuite() { fs.reset(); }

    ~AnyMemory() override { ::unlink(path_.c_str()); }

    [[nodiscard]] std::unique_ptr<source> open() const
    {
        return memlane::open_source(here_.uri, access_mode::read_write);
    }

    [[nodiscard]] diagnosis diagnose() const
    {
        return here_.uri.empty() ? memlane::diagnose(::getpid(), here_.address, fs->path())
                                 : memlane::diagnose(*open(), fs->path());
    }

    /** Not all of a large one: the kinds differ in kind, not in size. */
    static std::uint64_t length_of(const source& memory)
    {
        return std::min(memory.size_bytes(), most);
    }

    static std::span<unsigned char> bytes_of(const memlane::mapping& map)
    {
        return {reinterpret_cast<unsigned char*>(map.bytes().data()), map.bytes().size()};
    }

    [[nodiscard]] std::vector<unsigned char> content(std::uint64_t length) const
    {
        std::vector<unsigned char> bytes(length + 1); // to see a file that is too long
        const guest::fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        const ssize_t got = ::read(file, bytes.data(), bytes.size());
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return bytes;
    }

    static inline std::unique_ptr<guest::scratch_fs> fs;

    guest::present_memory here_ = GetParam().make();
    std::string path_ = fs->file("out.raw");
};

INSTANTIATE_TEST_SUITE_P(Kinds, AnyMemory, testing::ValuesIn(guest::memory_kinds()),
                         [](const auto& each) { return each.param.name; });

TEST_P(AnyMemory, is_diagnosed_as_what_it_is)
{
    const diagnosis found = diagnose();
    const bool pinnable = GetParam().direct_errnum == 0;
    EXPECT_EQ(found.pinning.errnum, GetParam().direct_errnum) << found.pinning.what;
    EXPECT_THAT(found.pinning.what, HasSubstr("to an unlinked file on ext4"));
    EXPECT_EQ(found.memory.page_backed, pinnable);
    EXPECT_EQ(std::count(found.memory.vm_flags.begin(), found.memory.vm_flags.end(), "pf"),
              pinnable ? 0 : 1);
    EXPECT_EQ(to_string(found.memory.cache), GetParam().cache) << found.memory.cache_origin;
    EXPECT_EQ(to_string(found.best), GetParam().best);

    std::map<way_kind, bool> works;
    for (const memlane::way_verdict& each : found.ways) {
        works[each.which] = each.found.works;
        EXPECT_FALSE(each.found.reason.empty());
    }
    const std::map<way_kind, bool> expected = {
        {way_kind::kernel, std::string(GetParam().best) == "kernel"},
        {way_kind::direct, pinnable},
        {way_kind::bounce, true},
        {way_kind::buffered, true},
        {way_kind::stream, true},
    };
    EXPECT_EQ(works, expected);
}

TEST_P(AnyMemory, that_cannot_be_pinned_comes_with_advice)
{
    std::string advice;
    for (const std::string& sentence : diagnose().advice) {
        advice += sentence + "\n";
    }
    if (GetParam().direct_errnum != 0) {
        EXPECT_THAT(advice, HasSubstr("no struct pages"));
        EXPECT_GT(std::count(advice.begin(), advice.end(), '\n'), 1) << "what to do is not there";
    } else {
        EXPECT_THAT(advice, Not(HasSubstr("EFAULT")));
    }
}

TEST_P(AnyMemory, is_saved_by_every_way_that_works)
{
    if (here_.uri.empty()) {
        return; // there is no source for what only a process has
    }
    const auto memory = open();
    const std::uint64_t length = length_of(*memory);
    guest::fill(bytes_of(memory->map(0, length)), seed);
    for (const memlane::way_verdict& each : diagnose().ways) {
        if (!each.found.works || each.which == way_kind::stream) {
            continue;
        }
        const transfer_result result = memlane::save(
            *memory, path_, {.length_bytes = length, .requested = each.which, .verify = true});
        EXPECT_EQ(result.used, each.which);
        EXPECT_EQ(guest::first_wrong(content(length), seed), length) << to_string(each.which);
    }
    EXPECT_EQ(to_string(memlane::save(*memory, path_, {.length_bytes = length}).used),
              GetParam().best);
}

TEST_P(AnyMemory, refuses_a_way_that_does_not_work_and_names_one_that_does)
{
    if (here_.uri.empty()) {
        return;
    }
    const auto memory = open();
    for (const memlane::way_verdict& each : diagnose().ways) {
        if (each.found.works) {
            continue;
        }
        try {
            memlane::save(*memory, path_, {.requested = each.which});
            ADD_FAILURE() << to_string(each.which) << " worked";
        } catch (const memlane::error& e) {
            EXPECT_EQ(e.code().value(), EINVAL);
            EXPECT_THAT(e.what(), HasSubstr(each.found.reason));
            EXPECT_THAT(e.what(), HasSubstr(std::string("--way ") + GetParam().best));
        }
    }
    EXPECT_NE(::access(path_.c_str(), F_OK), 0) << "it left a file";
}

TEST_P(AnyMemory, goes_into_a_pipe)
{
    if (here_.uri.empty()) {
        return;
    }
    const auto memory = open();
    const std::uint64_t length = length_of(*memory);
    guest::fill(bytes_of(memory->map(0, length)), seed + 1);
    std::array<int, 2> ends = {-1, -1};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const guest::fd out(ends[0]);
    guest::fd in(ends[1]);
    guest::collector reader(out);
    memlane::save(*memory, in, {.length_bytes = length});
    in.close();
    const auto got = reader.bytes();
    ASSERT_EQ(got.size(), length);
    EXPECT_EQ(guest::first_wrong(got, seed + 1), length);
}

TEST_P(AnyMemory, is_loaded_by_every_way_that_works)
{
    if (here_.uri.empty() || !GetParam().loads) {
        return;
    }
    const auto memory = open();
    const std::uint64_t length = length_of(*memory);
    const memlane::mapping map = memory->map(0, length);
    std::uint32_t round = seed + 2;
    for (const memlane::way_verdict& each : diagnose().ways) {
        if (!each.found.works || each.which == way_kind::stream) {
            continue;
        }
        guest::fill(bytes_of(map), ++round);
        memlane::save(*memory, path_, {.length_bytes = length});
        guest::fill(bytes_of(map), seed);
        const transfer_result result =
            memlane::load(path_, *memory, {.requested = each.which, .verify = true});
        EXPECT_EQ(result.used, each.which);
        EXPECT_EQ(guest::first_wrong(bytes_of(map), round), length) << to_string(each.which);
    }
}

TEST(ClaimedBar, is_refused_with_the_name_of_who_has_it)
{
    const std::string uri = "pci:" + guest::find_pci(guest::display) + "/0";
    try {
        static_cast<void>(memlane::open_source(uri));
        FAIL() << uri << " was opened";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EINVAL);
        EXPECT_THAT(e.what(), HasSubstr("vesafb"));
        EXPECT_THAT(e.what(), HasSubstr("iomem=relaxed"));
    }
}

TEST(PciSource, tells_which_bars_there_are)
{
    const std::string uri = "pci:" + guest::find_pci(guest::ivshmem) + "/5";
    try {
        static_cast<void>(memlane::open_source(uri));
        FAIL() << uri << " was opened";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), ENOENT);
        EXPECT_THAT(e.what(), HasSubstr("its memory is in BAR 0, 2"));
    }
}

TEST(PhysSource, of_system_ram_is_refused_with_its_owner)
{
    try {
        static_cast<void>(memlane::open_source("phys:0x40000000+1M"));
        FAIL() << "System RAM was opened";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EPERM);
        EXPECT_THAT(e.what(), HasSubstr("System RAM"));
    }
}

TEST(Doctor, of_a_file_system_without_direct_io_offers_the_page_cache)
{
    const auto memory = memlane::open_source("memfd:1M");
    const diagnosis found = memlane::diagnose(*memory, "/dev/shm");
    EXPECT_EQ(found.target.file_system, "tmpfs");
    EXPECT_FALSE(found.target.direct);
    EXPECT_EQ(found.best, way_kind::buffered);
    EXPECT_THAT(found.pinning.what, HasSubstr("vmsplice"));
}

TEST(Doctor, writes_nothing_to_a_block_device)
{
    const guest::null_disk disk;
    const auto memory = memlane::open_source("memfd:1M@5");
    const diagnosis found = memlane::diagnose(*memory, disk.path());
    EXPECT_EQ(found.target.file_system, "block device");
    EXPECT_TRUE(found.target.direct);
    EXPECT_EQ(found.target.offset_alignment_bytes, 512);
    EXPECT_GT(found.target.request_bytes_max, 0);
    EXPECT_EQ(found.best, way_kind::direct);
    EXPECT_EQ(guest::sh("cmp -n 1048576 /dev/zero " + disk.path()), 0);
}

} // namespace
