// SPDX-License-Identifier: GPL-2.0-or-later
// Checksums of saves and loads: on their way, or from what was read back.
#include "digest.hpp"
#include "limits.hpp"
#include "save_fixture.hpp"

namespace {

using memlane::checksum_kind;
using memlane::way_kind;
using testing::HasSubstr;

class SaveChecksum : public Save {
protected:
    [[nodiscard]] std::string expected(checksum_kind kind, std::size_t offset,
                                       std::size_t length) const
    {
        memlane::checksum sum(kind);
        sum.update(std::as_bytes(memory_.bytes().subspan(offset, length)));
        return sum.hex();
    }

    [[nodiscard]] static bool copies(way_kind kind)
    {
        return kind == way_kind::bounce || kind == way_kind::buffered;
    }
};

INSTANTIATE_TEST_SUITE_P(Ways, SaveChecksum,
                         testing::Values(way_kind::direct, way_kind::bounce, way_kind::buffered),
                         way_name);

TEST_P(SaveChecksum, comes_with_verify_on_every_way)
{
    options_.verify = true;
    for (const checksum_kind kind :
         {checksum_kind::crc32c, checksum_kind::sha256, checksum_kind::xxh3}) {
        options_.checksum = kind;
        EXPECT_EQ(save().checksum, expected(kind, 0, size));
    }
}

TEST_P(SaveChecksum, needs_no_second_pass_where_the_bytes_are_copied)
{
    options_.checksum = checksum_kind::xxh3;
    if (copies(GetParam())) {
        EXPECT_EQ(save().checksum, expected(checksum_kind::xxh3, 0, size));
    } else {
        EXPECT_EQ(refusal(), EINVAL);
        EXPECT_NE(::access(path_.c_str(), F_OK), 0) << "it left a file";
    }
}

TEST_P(SaveChecksum, is_of_the_range_and_of_no_padding)
{
    options_.verify = !copies(GetParam());
    options_.checksum = checksum_kind::sha256;
    options_.offset_bytes = 1 << 20;
    for (const std::size_t length : {1UL, 511UL, 65536UL, 1000001UL}) {
        options_.length_bytes = length;
        EXPECT_EQ(save().checksum, expected(checksum_kind::sha256, 1 << 20, length)) << length;
    }
    options_.file_offset_bytes = 4096; // the tail is read, changed and written then
    EXPECT_EQ(save().checksum, expected(checksum_kind::sha256, 1 << 20, 1000001));
}

TEST_P(SaveChecksum, is_not_there_unless_asked_for)
{
    EXPECT_EQ(save().checksum, "");
}

TEST_P(SaveChecksum, of_a_load_is_that_of_the_file)
{
    options_.length_bytes = 1000001;
    save();
    memfd_memory target(size, 99);
    options_.verify = !copies(GetParam());
    options_.checksum = checksum_kind::crc32c;
    EXPECT_EQ(memlane::load(path_, target, options_).checksum,
              expected(checksum_kind::crc32c, 0, 1000001));
}

TEST_P(SaveChecksum, of_a_failed_save_is_none_and_nobody_waits_for_it)
{
    options_.verify = !copies(GetParam());
    options_.checksum = checksum_kind::crc32c;
    options_.depth = 4;
    const guest::file_size_limit scope(1 << 20);
    EXPECT_EQ(save_and_fail().code().value(), EFBIG);
}

} // namespace
