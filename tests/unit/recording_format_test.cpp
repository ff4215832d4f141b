// SPDX-License-Identifier: GPL-2.0-or-later
#include "recording_format.hpp"

#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

using namespace memlane::detail;
using std::chrono::nanoseconds;

constexpr recording_id some_id = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

constexpr index_header some_header = {.id = some_id,
                                      .created_ns = 0x0102030405060708,
                                      .block_bytes = 4096,
                                      .slot_bytes = 0x00400000,
                                      .rotate_bytes = 0x1122334455667788};

index_record some_record()
{
    return {.what = {.sequence = 0xf1f2f3f4f5f6f7f8,
                     .dropped = 0xd1d2d3d4d5d6d7d8,
                     .timestamp = nanoseconds(-2),
                     .length_bytes = 0xa1a2a3a4,
                     .flags = 0xb1b2b3b4},
            .file = 0xc1c2c3c4,
            .offset_bytes = 0xe1e2e3e4e5e6e7e8};
}

std::string hex(std::span<const std::byte> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte each : bytes) {
        text += digits[std::to_integer<unsigned>(each) >> 4U];
        text += digits[std::to_integer<unsigned>(each) & 15U];
    }
    return text;
}

// The sums: the polynomial bit by bit, in Python.
TEST(RecordingFormat, a_header_is_the_bytes_that_the_documentation_says)
{
    EXPECT_EQ(hex(encode(some_header)),
              "4d4c494e44455831"                 // "MLINDEX1"
              "00112233445566778899aabbccddeeff" // id
              "0807060504030201"                 // created
              "00100000"                         // block
              "00004000"                         // slot
              "8877665544332211"                 // rotate
              "000000000000000000000000"
              "64687cb6");
}

TEST(RecordingFormat, a_record_is_the_bytes_that_the_documentation_says)
{
    EXPECT_EQ(hex(encode(some_record(), some_id)), "f8f7f6f5f4f3f2f1" // sequence
                                                   "feffffffffffffff" // timestamp
                                                   "e8e7e6e5e4e3e2e1" // offset
                                                   "d8d7d6d5d4d3d2d1" // dropped
                                                   "a4a3a2a1"         // length
                                                   "b4b3b2b1"         // flags
                                                   "c4c3c2c1"         // file
                                                   "5f5c58a0");
}

TEST(RecordingFormat, what_was_encoded_is_decoded)
{
    const auto header = decode_header(encode(some_header));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->id, some_id);
    EXPECT_EQ(header->created_ns, some_header.created_ns);
    EXPECT_EQ(header->block_bytes, some_header.block_bytes);
    EXPECT_EQ(header->slot_bytes, some_header.slot_bytes);
    EXPECT_EQ(header->rotate_bytes, some_header.rotate_bytes);

    const auto record = decode_record(encode(some_record(), some_id), some_id);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->what, some_record().what);
    EXPECT_EQ(record->file, some_record().file);
    EXPECT_EQ(record->offset_bytes, some_record().offset_bytes);
}

TEST(RecordingFormat, each_bit_that_flips_is_noticed)
{
    for (std::size_t bit = 0; bit < 8 * index_header_bytes; ++bit) {
        header_bytes bytes = encode(some_header);
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        EXPECT_FALSE(decode_header(bytes)) << bit;
    }
    for (std::size_t bit = 0; bit < 8 * index_record_bytes; ++bit) {
        record_bytes bytes = encode(some_record(), some_id);
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        EXPECT_FALSE(decode_record(bytes, some_id)) << bit;
    }
}

TEST(RecordingFormat, zeros_are_neither_header_nor_record)
{
    EXPECT_FALSE(decode_header(header_bytes{}));
    EXPECT_FALSE(decode_record(record_bytes{}, some_id));
    EXPECT_FALSE(decode_record(record_bytes{}, recording_id{}));
}

TEST(RecordingFormat, a_record_of_another_recording_is_none)
{
    recording_id other = some_id;
    other[15] ^= 1U;
    EXPECT_FALSE(decode_record(encode(some_record(), other), some_id));
}

TEST(RecordingFormat, ids_differ_and_are_hex_digits)
{
    std::set<recording_id> ids;
    for (int i = 0; i < 100; ++i) {
        ids.insert(make_recording_id());
    }
    EXPECT_EQ(ids.size(), 100U);
    EXPECT_EQ(to_hex(some_id), "00112233445566778899aabbccddeeff");
}

TEST(RecordingFormat, files_have_names)
{
    EXPECT_EQ(raw_path("dir/out", 0), "dir/out.raw");
    EXPECT_EQ(raw_path("dir/out", 1), "dir/out.1.raw");
    EXPECT_EQ(raw_path("dir/out", 4294967295), "dir/out.4294967295.raw");
    EXPECT_EQ(index_path("dir/out"), "dir/out.index");
    EXPECT_EQ(json_path("dir/out"), "dir/out.json");
}

} // namespace
