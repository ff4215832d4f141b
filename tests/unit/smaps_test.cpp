// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel tells of mappings, from texts that it wrote and live.
#include "smaps.hpp"

#include <sstream>

#include <sys/mman.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache_of.hpp"
#include "memlane/error.hpp"

namespace {

using memlane::cache_mode;
using memlane::detail::find_area;
using memlane::detail::find_cache_mode;
using memlane::detail::read_area;

constexpr const char* smaps =
    "55d0a0000000-55d0a0002000 r--p 00001000 fe:01 1234  /usr/bin/a program\n"
    "Size:                  8 kB\n"
    "KernelPageSize:        4 kB\n"
    "VmFlags: rd mr mw me \n"
    "7f0000000000-7f0000100000 r--s 80000000 00:05 4  /dev/mem\n"
    "Size:               1024 kB\n"
    "KernelPageSize:        4 kB\n"
    "MMUPageSize:           4 kB\n"
    "VmFlags: rd mr me ms pf io de ar dd sd \n"
    "7f0000100000-7f0000300000 rw-p 00000000 00:00 0 \n"
    "KernelPageSize:     2048 kB\n"
    "VmFlags: rd wr mr mw me ac ht\n";

TEST(Smaps, find_the_area_with_an_address)
{
    std::istringstream text(smaps);
    const auto area = find_area(text, 0x7f00000fffff);
    ASSERT_TRUE(area);
    EXPECT_EQ(area->start, 0x7f0000000000);
    EXPECT_EQ(area->end, 0x7f0000100000);
    EXPECT_EQ(area->offset, 0x80000000);
    EXPECT_EQ(area->path, "/dev/mem");
    EXPECT_EQ(area->page_bytes, 4096);
    EXPECT_TRUE(area->has("pf"));
    EXPECT_TRUE(area->has("io"));
    EXPECT_FALSE(area->has("mm"));
}

TEST(Smaps, know_paths_with_spaces_and_areas_without_one)
{
    std::istringstream text(smaps);
    EXPECT_EQ(find_area(text, 0x55d0a0000000)->path, "/usr/bin/a program");
    std::istringstream again(smaps);
    const auto last = find_area(again, 0x7f0000100000);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->path, "");
    EXPECT_EQ(last->page_bytes, 2 << 20);
    EXPECT_TRUE(last->has("ht"));
}

TEST(Smaps, have_nothing_between_areas)
{
    std::istringstream text(smaps);
    EXPECT_FALSE(find_area(text, 0x7f0000300000));
    std::istringstream empty("");
    EXPECT_FALSE(find_area(empty, 0));
}

TEST(Smaps, of_this_process_can_be_read)
{
    void* const page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const auto area = read_area(::getpid(), reinterpret_cast<std::uintptr_t>(page));
    EXPECT_TRUE(area.has("rd"));
    EXPECT_FALSE(area.has("wr"));
    ::munmap(page, 4096);
    EXPECT_THROW(static_cast<void>(read_area(::getpid(), 16)), memlane::error);
}

constexpr const char* memtypes =
    "PAT memtype list:\n"
    "PAT: [mem 0x0000000080000000-0x0000000080100000] write-back\n"
    "PAT: [mem 0x00000000f8000000-0x00000000fc000000] uncached-minus\n"
    "PAT: [mem 0x00000000fd000000-0x00000000fd001000] write-combining\n"
    "write-through @ 0x100000000-0x100001000\n";

TEST(Memtypes, are_found_by_address)
{
    const auto at = [](std::uint64_t address) {
        std::istringstream text(memtypes);
        return find_cache_mode(text, address);
    };
    EXPECT_EQ(at(0x80000000), cache_mode::write_back);
    EXPECT_EQ(at(0xfbffffff), cache_mode::uncached);
    EXPECT_EQ(at(0xfd000000), cache_mode::write_combining);
    EXPECT_EQ(at(0x100000fff), cache_mode::write_through);
    EXPECT_EQ(at(0xfc000000), std::nullopt);
    EXPECT_EQ(at(0), std::nullopt);
}

} // namespace
