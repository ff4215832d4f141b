// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/units.hpp"

#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace {

using memlane::format_bytes;
using memlane::parse_bytes;

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

TEST(ParseBytes, digits_are_bytes)
{
    EXPECT_EQ(parse_bytes("0"), 0);
    EXPECT_EQ(parse_bytes("512"), 512);
    EXPECT_EQ(parse_bytes("18446744073709551615"), most);
}

TEST(ParseBytes, suffixes_of_either_case_are_powers_of_1024)
{
    EXPECT_EQ(parse_bytes("1K"), 1024);
    EXPECT_EQ(parse_bytes("64m"), 64ULL << 20);
    EXPECT_EQ(parse_bytes("3G"), 3ULL << 30);
    EXPECT_EQ(parse_bytes("2t"), 2ULL << 40);
}

TEST(ParseBytes, hex_digits_follow_0x)
{
    EXPECT_EQ(parse_bytes("0x80000000"), 0x80000000);
    EXPECT_EQ(parse_bytes("0XfF"), 255);
    EXPECT_EQ(parse_bytes("0x10K"), 16384);
    EXPECT_EQ(parse_bytes("0xffffffffffffffff"), most);
}

TEST(ParseBytes, what_64_bits_do_not_hold_is_rejected)
{
    for (const char* text :
         {"18446744073709551616", "0x10000000000000000", "16777216T", "99999999999999999999999"}) {
        EXPECT_THROW(static_cast<void>(parse_bytes(text)), std::invalid_argument) << text;
    }
    EXPECT_EQ(parse_bytes("16777215T"), 16777215ULL << 40);
}

TEST(ParseBytes, all_else_is_rejected)
{
    for (const char* text : {"", "K", "0x", "0xK", "-1", "+1", " 1", "1 ", "1.5G", "1KB", "12x",
                             "abc", "1,000", "0x-1", "1KK"}) {
        EXPECT_THROW(static_cast<void>(parse_bytes(text)), std::invalid_argument) << text;
    }
}

TEST(ParseBytes, the_error_quotes_the_text)
{
    try {
        static_cast<void>(parse_bytes("12x"));
        FAIL();
    } catch (const std::invalid_argument& e) {
        EXPECT_NE(std::string(e.what()).find("'12x'"), std::string::npos) << e.what();
    }
}

TEST(FormatBytes, units_are_binary_with_two_decimals)
{
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(1023), "1023 B");
    EXPECT_EQ(format_bytes(1024), "1.00 KiB");
    EXPECT_EQ(format_bytes(1280ULL << 20), "1.25 GiB");
    EXPECT_EQ(format_bytes(4ULL << 40), "4.00 TiB");
    EXPECT_EQ(format_bytes(most), "16.00 EiB");
}

} // namespace
