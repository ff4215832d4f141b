// SPDX-License-Identifier: GPL-2.0-or-later
// What a source's URI says, and what it opens, where no device is needed.
#include "memlane/source.hpp"

#include <array>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "memlane/error.hpp"
#include "memlane/pattern.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::access_mode;
using memlane::open_source;
using testing::AllOf;
using testing::HasSubstr;

/** @return the message of the error that opening @p uri throws, with its errno checked. */
std::string refusal(const std::string& uri, int errnum)
{
    try {
        static_cast<void>(open_source(uri));
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), errnum) << e.what();
        return e.what();
    }
    ADD_FAILURE() << uri << " was opened";
    return {};
}

struct bad_uri {
    const char* uri;
    const char* place;
    const char* form;
};

class BadUri : public testing::TestWithParam<bad_uri> {};

TEST_P(BadUri, is_refused_with_the_place_and_the_form)
{
    EXPECT_THAT(
        refusal(GetParam().uri, EINVAL),
        AllOf(HasSubstr(GetParam().uri), HasSubstr(GetParam().place), HasSubstr(GetParam().form)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadUri,
    testing::Values(bad_uri{"phys:", "at character 6", "phys:ADDR+LEN"},
                    bad_uri{"phys:0x1000", "'+' is missing behind ADDR", "phys:ADDR+LEN"},
                    bad_uri{"phys:0x1000+", "at character 13: LEN is missing", "phys:ADDR+LEN"},
                    bad_uri{"phys:+1M", "at character 6: ADDR is missing", "phys:ADDR+LEN"},
                    bad_uri{"phys:0x1000+1Q", "at character 13: '1Q'", "phys:ADDR+LEN"},
                    bad_uri{"phys:0x1000+0", "the range is empty", "phys:ADDR+LEN"},
                    bad_uri{"phys:0x7fffffffffffffff+1", "beyond all memory", "phys:ADDR+LEN"},
                    bad_uri{"phys:0xffffffffffffffff+4096", "beyond all memory", "phys:ADDR+LEN"},
                    bad_uri{"pci:0000:00:05.0", "'/' is missing behind BDF", "pci:BDF/BAR"},
                    bad_uri{"pci:0000:00:05.0/x", "at character 18: 'x'", "pci:BDF/BAR"},
                    bad_uri{"pci:../../etc/1", "no such BAR", "pci:BDF/BAR"},
                    bad_uri{"uio:x/0", "at character 5: 'x'", "uio:N/MAP"},
                    bad_uri{"uio:0", "'/' is missing behind N", "uio:N/MAP"},
                    bad_uri{"dax:", "is missing", "dax:/dev/daxX.Y"},
                    bad_uri{"fb:", "is missing", "fb:/dev/fbN"},
                    bad_uri{"u-dma-buf:../a", "no device's name", "u-dma-buf:NAME"},
                    bad_uri{"dev:/dev/null", "'+' is missing", "dev:PATH[@OFFSET]+LEN"},
                    bad_uri{"dev:/dev/null@+1", "OFFSET is missing", "dev:PATH[@OFFSET]+LEN"},
                    bad_uri{"dev:/dev/zero+0", "the range is empty", "dev:PATH[@OFFSET]+LEN"},
                    bad_uri{"file:", "PATH is missing", "file:PATH"},
                    bad_uri{"memfd:", "SIZE is missing", "memfd:SIZE[@SEED]"},
                    bad_uri{"memfd:0", "0 bytes", "memfd:SIZE[@SEED]"},
                    bad_uri{"memfd:1M@x", "at character 10: 'x'", "memfd:SIZE[@SEED]"},
                    bad_uri{"magic:1", "'magic:' is no kind of source", "memfd:SIZE[@SEED]"}));

TEST(AbsentSource, says_what_was_looked_for)
{
    EXPECT_THAT(refusal("dax:/dev/dax9.9", ENOENT), HasSubstr("/sys/bus/dax/devices"));
    EXPECT_THAT(refusal("uio:99/0", ENOENT), HasSubstr("/sys/class/uio"));
    EXPECT_THAT(refusal("pci:0000:ff:1f.7/0", ENOENT), HasSubstr("/sys/bus/pci/devices"));
    EXPECT_THAT(refusal("u-dma-buf:none", ENOENT), HasSubstr("/sys/class/u-dma-buf"));
    EXPECT_THAT(refusal("fb:/dev/fb99", ENOENT), HasSubstr("/sys/class/graphics"));
    EXPECT_THAT(refusal("file:/nowhere/at/all", ENOENT), HasSubstr("/nowhere/at/all"));
}

TEST(Memfd, holds_the_pattern_of_its_seed)
{
    for (const std::uint64_t seed : {0U, 7U}) {
        const auto memory = open_source("memfd:3000001@" + std::to_string(seed));
        ASSERT_EQ(memory->size_bytes(), 3000001);
        const memlane::mapping all = memory->map(0, 3000001);
        for (const std::size_t index : {0UL, 1UL, 1000UL, 374999UL}) {
            std::uint64_t word = 0;
            std::memcpy(&word, &all.bytes()[8 * index], 8);
            EXPECT_EQ(word, memlane::pattern_word(seed, index));
        }
        EXPECT_EQ(std::to_integer<unsigned>(all.bytes()[3000000]),
                  memlane::pattern_word(seed, 375000) & 0xffU);
    }
    EXPECT_NE(memlane::pattern_word(0, 0), memlane::pattern_word(1, 0));
}

TEST(Memfd, maps_any_part)
{
    const auto memory = open_source("memfd:1M");
    const memlane::mapping whole = memory->map(0, 1 << 20);
    const memlane::mapping part = memory->map(4097, 1000);
    EXPECT_EQ(std::memcmp(part.bytes().data(), &whole.bytes()[4097], 1000), 0);
    EXPECT_THROW(static_cast<void>(memory->map(1 << 20, 1)), memlane::error);
    EXPECT_THROW(static_cast<void>(memory->map(~0ULL, 2)), memlane::error);
}

TEST(Memfd, that_would_not_fit_is_refused_before_it_takes_all_memory)
{
    EXPECT_THAT(refusal("memfd:900T", ENOMEM), HasSubstr("of memory are available"));
}

#if !defined(__SANITIZE_ADDRESS__) // which takes terabytes of address space for itself
TEST(Memfd, larger_than_the_address_space_is_mapped_in_windows)
{
    const int status = guest::in_child([] {
        const rlimit limit = {512 << 20, 512 << 20};
        ::setrlimit(RLIMIT_AS, &limit);
        const auto memory = open_source("memfd:600M@3");
        const memlane::mapping end = memory->map((600 << 20) - 8, 8);
        std::uint64_t word = 0;
        std::memcpy(&word, end.bytes().data(), 8);
        return word == memlane::pattern_word(3, (600 << 17) - 1) && !memory->is_resident() ? 0 : 1;
    });
    EXPECT_EQ(status, 0);
}
#endif

TEST(File, is_what_it_holds)
{
    const guest::scratch_dir dir;
    const std::string path = dir.file("memory");
    std::ofstream(path) << "0123456789";
    const auto memory = open_source("file:" + path);
    EXPECT_EQ(memory->size_bytes(), 10);
    EXPECT_EQ(std::to_integer<char>(memory->map(4, 2).bytes()[1]), '5');
    EXPECT_EQ(memory->read_position(3), 3);
    EXPECT_EQ(memory->describe_loss(), "");

    std::ofstream(path) << "01";
    EXPECT_EQ(memory->describe_loss(), "the file has 2 bytes now, not 10");
}

TEST(File, that_cannot_tell_its_size_is_refused)
{
    EXPECT_THAT(refusal("file:/dev/zero", EINVAL), HasSubstr("dev:/dev/zero+LEN"));
    EXPECT_THAT(refusal("file:/proc", EINVAL), HasSubstr("neither a file nor a device"));
}

TEST(Device, is_mapped_at_its_offset)
{
    const guest::scratch_dir dir;
    const std::string path = dir.file("a+b@c");
    std::ofstream(path) << std::string(8192, 'x') << std::string(4096, 'y');
    const auto memory = open_source("dev:" + path + "@0x1000+8K", access_mode::read_write);
    EXPECT_EQ(memory->size_bytes(), 8192);
    EXPECT_EQ(std::to_integer<char>(memory->map(4095, 1).bytes()[0]), 'x');
    EXPECT_EQ(std::to_integer<char>(memory->map(4096, 1).bytes()[0]), 'y');
    EXPECT_EQ(memory->read_position(0), std::nullopt);
}

TEST(Forms, each_kind_of_source_has_one)
{
    EXPECT_EQ(memlane::source_forms().size(), 10);
    for (const memlane::source_form& each : memlane::source_forms()) {
        EXPECT_NE(each.form.find(':'), std::string_view::npos);
        EXPECT_FALSE(each.summary.empty());
    }
}

} // namespace
