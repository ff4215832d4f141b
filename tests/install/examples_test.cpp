// SPDX-License-Identifier: GPL-2.0-or-later
// The examples, built with the installed library, do what they say.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "installation.hpp"
#include "memlane/pattern.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Example : public testing::Test {
protected:
    /** Makes a file of @p size bytes. @return its path. */
    [[nodiscard]] std::string make_file(const std::string& name, std::size_t size, char fill) const
    {
        std::ofstream(dir_.file(name), std::ios::binary) << std::string(size, fill);
        return dir_.file(name);
    }

    guest::scratch_dir dir_;
    std::string out_ = dir_.file("out.raw");
};

/** @return the index of the first word that is not memfd:SIZE@SEED's, or their number. */
std::size_t first_strange(const std::string& bytes, std::uint64_t seed)
{
    const std::size_t count = bytes.size() / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, &bytes[i * sizeof(word)], sizeof(word));
        if (word != memlane::pattern_word(seed, i)) {
            return i;
        }
    }
    return count;
}

void expect_pattern(const std::string& path, std::size_t size, std::uint64_t seed)
{
    const std::string bytes = content(path);
    ASSERT_EQ(bytes.size(), size);
    EXPECT_EQ(first_strange(bytes, seed), size / sizeof(std::uint64_t));
}

TEST_F(Example, save_saves)
{
    EXPECT_THAT(run(example("save") + " memfd:4M@3 " + out_), HasSubstr("saved 4.00 MiB in "));
    expect_pattern(out_, 4 * guest::mib, 3);
}

TEST_F(Example, save_tells_why_it_cannot)
{
    const outcome ended = try_run(example("save") + " memfd:4M /nowhere/out.raw");
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.text,
                AllOf(StartsWith("save: "), HasSubstr("/nowhere/out.raw"), HasSubstr("ENOENT")));
}

TEST_F(Example, load_fills_what_the_file_has)
{
    const std::string memory = make_file("memory", 2 * guest::mib, 'm');
    std::string bytes(guest::mib + 777, '\0');
    guest::fill({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()}, 5);
    std::ofstream(dir_.file("in.raw"), std::ios::binary) << bytes;

    EXPECT_THAT(run(example("load") + " " + dir_.file("in.raw") + " file:" + memory),
                HasSubstr("loaded 1.00 MiB of 2.00 MiB"));
    EXPECT_TRUE(content(memory) == bytes + std::string(2 * guest::mib - bytes.size(), 'm'));
}

TEST_F(Example, draw_draws_every_pixel_and_no_more)
{
    constexpr std::size_t side = 256;
    const std::string memory = make_file("memory", (side * side + 1) * 4, '\x7f');
    run(example("draw") + " file:" + memory + " 256 256");

    const std::string bytes = content(memory);
    ASSERT_EQ(bytes.size(), (side * side + 1) * 4);
    for (std::size_t i = 0; i < side * side; ++i) {
        const std::string pixel = {static_cast<char>(i % side), 0, static_cast<char>(i / side), 0};
        ASSERT_EQ(bytes.substr(i * 4, 4), pixel) << "pixel " << i;
    }
    EXPECT_EQ(bytes.substr(side * side * 4), "\x7f\x7f\x7f\x7f");
}

TEST_F(Example, draw_refuses_a_picture_that_does_not_fit)
{
    const std::string memory = make_file("memory", 4096, '\0');
    const outcome ended = try_run(example("draw") + " file:" + memory + " 64 17");
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(content(memory), std::string(4096, '\0'));
}

TEST_F(Example, choose_way_takes_the_first_that_works)
{
    const std::string text = run(example("choose_way") + " memfd:4M@9 " + out_);
    EXPECT_THAT(text, AllOf(StartsWith("kernel: no, "), HasSubstr("\nbuffered: yes, ")));
    const std::size_t yes = text.find(": yes, ");
    const std::size_t line = text.rfind('\n', yes) + 1;
    EXPECT_THAT(text, HasSubstr("saved by " + text.substr(line, yes - line) + "\n"));
    expect_pattern(out_, 4 * guest::mib, 9);
}

TEST_F(Example, diagnose_tells_and_changes_nothing)
{
    const std::string memory = make_file("memory", guest::mib, 'm');
    std::filesystem::create_directory(dir_.file("target"));
    const std::string text =
        run(example("diagnose") + " file:" + memory + " " + dir_.file("target"));
    EXPECT_THAT(text, AllOf(HasSubstr("1.00 MiB, with struct pages"), HasSubstr("kernel: no, "),
                            HasSubstr("\nbest: ")));
    EXPECT_TRUE(std::filesystem::is_empty(dir_.file("target")));
    EXPECT_EQ(content(memory), std::string(guest::mib, 'm'));
}

TEST_F(Example, memmap_reads_and_fills_by_numpy)
{
    constexpr std::size_t half = 1024;
    const std::string memory = make_file("memory", 2 * half, '\x10');
    // Half counts to 255 four times, half is 10 and 20: (127.5 + 15) / 2.
    EXPECT_EQ(run("/usr/bin/python3 " MEMLANE_EXAMPLES "/memmap.py " + memory),
              "2048 bytes, mean 16.00\nfilled, mean 71.25\n");

    const std::string bytes = content(memory);
    ASSERT_EQ(bytes.size(), 2 * half);
    for (std::size_t i = 0; i < half; ++i) {
        ASSERT_EQ(bytes[i], static_cast<char>(i)) << i;
        ASSERT_EQ(bytes[half + i], i % 2 == 0 ? 10 : 20) << i;
    }
}

} // namespace
