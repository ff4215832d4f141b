// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/checksum.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "digest.hpp"

namespace {

using memlane::checksum;
using memlane::checksum_kind;

std::span<const std::byte> bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string sum_of(checksum_kind kind, std::string_view text)
{
    checksum sum(kind);
    sum.update(bytes_of(text));
    return sum.hex();
}

// Values: RFC 3720 B.4 and the catalogue's check value; FIPS 180-4's examples;
// xxhsum -H3 of Debian's xxhash 0.8.1.
TEST(Checksum, agrees_with_published_values)
{
    EXPECT_EQ(sum_of(checksum_kind::crc32c, "123456789"), "e3069283");
    EXPECT_EQ(sum_of(checksum_kind::crc32c, std::string(32, '\0')), "8a9136aa");
    EXPECT_EQ(sum_of(checksum_kind::sha256, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sum_of(checksum_kind::sha256, ""),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sum_of(checksum_kind::xxh3, ""), "2d06800538d394c2");
}

TEST(Checksum, does_not_depend_on_the_pieces)
{
    const std::string text(100001, 'x');
    for (const checksum_kind kind :
         {checksum_kind::crc32c, checksum_kind::sha256, checksum_kind::xxh3}) {
        checksum sum(kind);
        const auto all = bytes_of(text);
        sum.update(all.first(1));
        sum.update(all.subspan(1, 4096));
        sum.update({});
        sum.update(all.subspan(4097));
        EXPECT_EQ(sum.hex(), sum_of(kind, text)) << to_string(kind);
        EXPECT_EQ(sum.hex(), sum.hex()) << "asking changes it";
    }
}

TEST(Checksum, kinds_have_names)
{
    for (const char* name : {"crc32c", "sha256", "xxh3"}) {
        EXPECT_EQ(to_string(memlane::parse_checksum_kind(name).value()), name);
    }
    EXPECT_EQ(memlane::parse_checksum_kind("md5"), std::nullopt);
}

TEST(Digest, leaves_out_what_is_behind_its_length)
{
    memlane::detail::digest sum(checksum_kind::crc32c, 9);
    sum.update(bytes_of("1234"));
    sum.update(bytes_of("56789and more"));
    sum.update(bytes_of("and more"));
    EXPECT_EQ(sum.hex(), "e3069283");
}

} // namespace
