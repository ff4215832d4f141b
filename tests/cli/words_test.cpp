// SPDX-License-Identifier: GPL-2.0-or-later
// memlane dump, peek and poke on a region.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "failure.hpp"
#include "guest.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using guest::region;
using testing::HasSubstr;

using guest::nobody;

/** @return what memlane prints, having worked. */
std::string output(const std::vector<std::string>& arguments)
{
    const command_result result = memlane(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.err, "");
    return result.out;
}

TEST(Poke, writes_what_peek_reads)
{
    const region made;
    EXPECT_EQ(output({"poke", made.name(), "0x100", "1", "0xffffffff", "3"}), "");
    EXPECT_EQ(output({"peek", made.name(), "256", "--count", "4"}), "0x00000100: 0x00000001\n"
                                                                    "0x00000104: 0xffffffff\n"
                                                                    "0x00000108: 0x00000003\n"
                                                                    "0x0000010c: 0x00000000\n");
}

TEST(Poke, writes_words_of_each_width)
{
    const region made;
    output({"poke", made.name(), "0", "0x11", "--width", "1"});
    output({"poke", made.name(), "2", "0x2222", "--width", "2"});
    output({"poke", made.name(), "8", "0x8877665544332211", "--width", "8"});
    EXPECT_EQ(output({"peek", made.name(), "0", "--width", "4"}), "0x00000000: 0x22220011\n");
    EXPECT_EQ(output({"peek", made.name(), "8", "--width", "8"}),
              "0x00000008: 0x8877665544332211\n");
    EXPECT_EQ(output({"peek", made.name(), "15", "--width", "1"}), "0x0000000f: 0x88\n");
}

TEST(Peek, past_the_end_is_a_failure)
{
    const region made;
    EXPECT_EQ(output({"peek", made.name(), "0xffffc"}), "0x000ffffc: 0x00000000\n");
    for (const char* offset : {"1M", "0xfffffffffffffffc"}) {
        expect_failure({"peek", made.name(), offset}, {"EINVAL", "not inside"});
    }
    EXPECT_EQ(memlane({"peek", made.name(), "0xffffc", "--count", "2"}).status, 1);
    EXPECT_EQ(memlane({"poke", made.name(), "0xffffc", "1", "2"}).status, 1);
}

TEST(Dump, folds_what_repeats)
{
    const region made;
    output({"poke", made.name(), "0x40", "0x44434241"});
    EXPECT_EQ(output({"dump", made.name()}),
              "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
              "00000040  41 42 43 44 00 00 00 00  00 00 00 00 00 00 00 00  |ABCD............|\n"
              "00000050  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
              "00100000\n");
}

TEST(Dump, shows_a_range_as_words)
{
    const region made;
    output({"poke", made.name(), "8", "0x44434241"});
    EXPECT_EQ(output({"dump", made.name(), "--offset", "8", "--length", "12", "--width", "4"}),
              "00000008  44434241 00000000  00000000           |ABCD........|\n00000014\n");
    EXPECT_EQ(memlane({"dump", made.name(), "--offset", "1M", "--length", "1"}).status, 1);
}

TEST(Dump, of_everything_has_a_line_for_each_16_bytes)
{
    const region made;
    const std::string text = output({"dump", made.name(), "--all"});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), (1 << 20) / 16 + 1);
}

TEST(Node, is_closed_to_other_users)
{
    const region made;
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"dump", made.name()},
                                                      {"peek", made.name(), "0"},
                                                      {"poke", made.name(), "0", "1"},
                                                      {"save", made.name(), "/dev/shm/stolen"}}) {
        const command_result result = memlane(arguments, {.uid = nobody});
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("open region " + made.node()));
        EXPECT_THAT(result.err, HasSubstr("EACCES"));
    }
}

TEST(Node, that_is_not_there_is_told_with_those_that_are)
{
    const region made;
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"dump", "none"},
                                                      {"peek", "none", "0"},
                                                      {"save", "none", "/dev/shm/none"}}) {
        expect_failure(arguments, {"ENOENT", "the regions are: ", made.name()});
    }
}

} // namespace
