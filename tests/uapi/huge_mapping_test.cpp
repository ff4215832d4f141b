// SPDX-License-Identifier: GPL-2.0-or-later
/// Mappings whose page tables have one entry for 2 MiB.
#include "guest.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace guest;

namespace {

constexpr std::size_t huge = 2 * mib;
constexpr std::size_t size = 4 * huge + mib;

/// Whether the kernel has them for files; a 32-bit program's address need not suit.
bool has_huge_entries()
{
    return sizeof(void*) == 8 && ::access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0;
}

/// @return faults that touching each page of @p bytes takes; 1 for each huge entry
long count_faults(std::span<const unsigned char> bytes)
{
    rusage before = {};
    rusage after = {};
    ::getrusage(RUSAGE_SELF, &before);
    for (std::size_t i = 0; i < bytes.size(); i += page) {
        static_cast<void>(*const_cast<const volatile unsigned char*>(&bytes[i]));
    }
    ::getrusage(RUSAGE_SELF, &after);
    return after.ru_minflt - before.ru_minflt;
}

/// @return what the region holds at first
std::vector<unsigned char> pattern()
{
    std::vector<unsigned char> bytes(size);
    fill(bytes, 7);
    return bytes;
}

class HugeMapping : public testing::TestWithParam<bool> {
protected:
    HugeMapping()
        : region_(GetParam() ? region_options{.size = "10M", .phys_addr = reserved_base}
                             : region_options{.size = std::to_string(size)})
    {
    }

    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
        const std::vector<unsigned char> bytes = pattern();
        ASSERT_EQ(::pwrite(node_, bytes.data(), size, 0), static_cast<ssize_t>(size));
    }

    /// @return the first byte of the region that is not as at the start, or its size
    [[nodiscard]] std::size_t first_changed() const
    {
        std::vector<unsigned char> bytes(size);
        EXPECT_EQ(::pread(node_, bytes.data(), size, 0), static_cast<ssize_t>(size));
        return first_wrong(bytes, 7);
    }

    region region_;
    fd node_;
};

INSTANTIATE_TEST_SUITE_P(of, HugeMapping, testing::Values(false, true),
                         [](const auto& kind) { return kind.param ? "reserved" : "pages"; });

TEST_P(HugeMapping, has_huge_entries_wherever_a_whole_one_fits)
{
    const mapping map(node_, size, PROT_READ);
    ASSERT_TRUE(map.ok());
    const long faults = count_faults(map.bytes().first(4 * huge));
    if (has_huge_entries()) {
        EXPECT_EQ(faults, 4);
    }
    EXPECT_EQ(first_wrong(map.bytes(), 7), size);
}

TEST_P(HugeMapping, from_any_page_on_shows_the_right_bytes)
{
    const std::vector<unsigned char> bytes = pattern();
    for (const std::size_t first : {page, huge - page, huge + page, 3 * huge + 5 * page}) {
        const mapping map(node_, size - first, PROT_READ, static_cast<off_t>(first));
        ASSERT_TRUE(map.ok());
        EXPECT_TRUE(std::ranges::equal(map.bytes(), std::span(bytes).subspan(first))) << first;
    }
}

TEST_P(HugeMapping, at_an_address_that_does_not_suit_shows_the_right_bytes)
{
    void* room = ::mmap(nullptr, size + 2 * huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(room, MAP_FAILED);
    const auto address = (reinterpret_cast<std::uintptr_t>(room) / huge + 1) * huge + page;
    auto* map = static_cast<unsigned char*>(::mmap(reinterpret_cast<void*>(address), size,
                                                   PROT_READ, MAP_SHARED | MAP_FIXED, node_, 0));
    ASSERT_NE(map, MAP_FAILED);
    EXPECT_EQ(first_wrong({map, size}, 7), size);
    ::munmap(room, size + 2 * huge);
}

TEST_P(HugeMapping, loses_a_part_and_keeps_the_rest)
{
    auto* map = static_cast<unsigned char*>(
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, node_, 0));
    ASSERT_NE(map, MAP_FAILED);
    EXPECT_EQ(first_wrong({map, size}, 7), size);
    ASSERT_EQ(::munmap(map + mib, huge), 0);
    const std::vector<unsigned char> bytes = pattern();
    EXPECT_TRUE(std::equal(map, map + mib, bytes.begin()));
    EXPECT_TRUE(std::equal(map + mib + huge, map + size, bytes.begin() + mib + huge));
    EXPECT_EQ(first_changed(), size);
    ::munmap(map, mib);
    ::munmap(map + mib + huge, size - mib - huge);
}

TEST_P(HugeMapping, can_be_write_protected_in_part)
{
    const mapping map(node_, size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(map.ok());
    map[0] = map[0];
    ASSERT_EQ(::mprotect(&map[page], page, PROT_READ), 0);
    EXPECT_EQ(in_child([&] {
                  map[page] = 0;
                  return 0;
              }),
              128 + SIGSEGV);
    map[0] = 1;
    map[2 * page] = 2;
    ASSERT_EQ(::mprotect(&map[page], page, PROT_READ | PROT_WRITE), 0);
    map[page] = 3;
    std::vector<unsigned char> bytes(3 * page);
    ASSERT_EQ(::pread(node_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    EXPECT_EQ(bytes[0], 1);
    EXPECT_EQ(bytes[page], 3);
    EXPECT_EQ(bytes[2 * page], 2);
}

TEST_P(HugeMapping, can_move)
{
    void* map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, node_, 0);
    ASSERT_NE(map, MAP_FAILED);
    EXPECT_EQ(first_wrong({static_cast<unsigned char*>(map), size}, 7), size);
    void* room = ::mmap(nullptr, size + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(room, MAP_FAILED);
    auto* moved = static_cast<unsigned char*>(
        ::mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, static_cast<char*>(room) + page));
    ASSERT_NE(moved, MAP_FAILED);
    EXPECT_EQ(first_wrong({moved, size}, 7), size);
    ::munmap(room, size + page);
}

TEST_P(HugeMapping, pinned_by_a_pipe_outlives_the_mapping)
{
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const fd reader(pipe[0]);
    const fd writer(pipe[1]);
    {
        const mapping map(node_, size, PROT_READ);
        ASSERT_TRUE(map.ok());
        iovec piece = {&map[huge + 3 * page], page};
        ASSERT_EQ(::vmsplice(writer, &piece, 1, 0), static_cast<ssize_t>(page));
    }
    node_.close();
    // A range's pages go with the region, pages of the kernel with their last user.
    EXPECT_EQ(region_.destroy(), GetParam() ? EBUSY : 0);
    std::vector<unsigned char> got(page);
    ASSERT_EQ(::read(reader, got.data(), page), static_cast<ssize_t>(page));
    const std::vector<unsigned char> bytes = pattern();
    EXPECT_TRUE(std::equal(got.begin(), got.end(), bytes.begin() + huge + 3 * page));
    if (GetParam()) {
        EXPECT_EQ(region_.destroy(), 0);
    }
}

} // namespace
