// SPDX-License-Identifier: GPL-2.0-or-later
#include "hexdump.hpp"

#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using memlane::tool::format_hex_row;
using memlane::tool::hex_dumper;
using testing::ElementsAre;

std::vector<std::byte> bytes_of(std::string_view text)
{
    std::vector<std::byte> bytes;
    for (const char c : text) {
        bytes.push_back(static_cast<std::byte>(c));
    }
    return bytes;
}

const std::vector<std::byte> letters = bytes_of("ABCDEFGHIJKLMNOP");

TEST(HexRow, has_address_bytes_and_ascii)
{
    EXPECT_EQ(format_hex_row(0x40, letters, 1),
              "00000040  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|");
}

TEST(HexRow, words_are_in_this_machines_byte_order)
{
    if constexpr (std::endian::native == std::endian::little) {
        EXPECT_EQ(format_hex_row(0, letters, 2),
                  "00000000  4241 4443 4645 4847  4a49 4c4b 4e4d 504f  |ABCDEFGHIJKLMNOP|");
        EXPECT_EQ(format_hex_row(0, letters, 4),
                  "00000000  44434241 48474645  4c4b4a49 504f4e4d  |ABCDEFGHIJKLMNOP|");
        EXPECT_EQ(format_hex_row(0, letters, 8),
                  "00000000  4847464544434241  504f4e4d4c4b4a49  |ABCDEFGHIJKLMNOP|");
    } else {
        EXPECT_EQ(format_hex_row(0, letters, 4),
                  "00000000  41424344 45464748  494a4b4c 4d4e4f50  |ABCDEFGHIJKLMNOP|");
    }
}

TEST(HexRow, a_short_row_keeps_its_columns)
{
    EXPECT_EQ(format_hex_row(0, bytes_of("AB"), 1),
              "00000000  41 42                                             |AB|");
}

TEST(HexRow, a_word_that_is_cut_off_shows_the_bytes_that_are_there)
{
    const bool little = std::endian::native == std::endian::little;
    EXPECT_EQ(format_hex_row(0, bytes_of("ABCDE"), 4),
              little ? "00000000  44434241       45                     |ABCDE|"
                     : "00000000  41424344       45                     |ABCDE|");
    // Nothing is behind them: a sanitizer would tell.
    EXPECT_EQ(format_hex_row(0, bytes_of("ABC"), 8),
              little ? "00000000            434241                    |ABC|"
                     : "00000000            414243                    |ABC|");
}

TEST(HexRow, what_is_not_printable_is_a_dot)
{
    EXPECT_TRUE(format_hex_row(0, bytes_of("\x1f ~\x7f\xff"), 1).ends_with("|. ~..|"));
}

TEST(HexRow, addresses_grow_beyond_32_bits)
{
    EXPECT_TRUE(format_hex_row(0x123456789a0, letters, 1).starts_with("123456789a0  41"));
}

/** @return the first columns of what a dump of @p rows gives. */
std::vector<std::string> dump(const std::vector<std::vector<std::byte>>& rows, bool fold)
{
    std::vector<std::string> lines;
    hex_dumper dumper(1, fold,
                      [&](std::string_view line) { lines.emplace_back(line.substr(0, 12)); });
    std::uint64_t address = 0;
    for (const auto& row : rows) {
        dumper.add(address, row);
        address += row.size();
    }
    dumper.finish(address);
    return lines;
}

const std::vector<std::byte> zeros(16);

TEST(HexDumper, folds_repeated_rows_into_one_star)
{
    EXPECT_THAT(dump({zeros, zeros, zeros, letters, zeros, zeros}, true),
                ElementsAre("00000000  00", "*", "00000030  41", "00000040  00", "*", "00000060"));
}

TEST(HexDumper, shows_all_rows_when_asked_to)
{
    EXPECT_THAT(dump({zeros, zeros}, false),
                ElementsAre("00000000  00", "00000010  00", "00000020"));
}

TEST(HexDumper, a_short_last_row_is_not_folded)
{
    EXPECT_THAT(dump({zeros, std::vector<std::byte>(8)}, true),
                ElementsAre("00000000  00", "00000010  00", "00000018"));
}

TEST(HexDumper, nothing_is_an_end_address)
{
    EXPECT_THAT(dump({}, true), ElementsAre("00000000"));
}

} // namespace
