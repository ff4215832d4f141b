// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_UNIT_SAVE_FIXTURE_HPP
#define MEMLANE_TESTS_UNIT_SAVE_FIXTURE_HPP

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memfd_memory.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/error.hpp"
#include "memlane/transfer.hpp"
#include "scratch_dir.hpp"

inline std::vector<unsigned char> content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/** A save of anonymous memory to a real file of this machine. */
class Save : public testing::TestWithParam<memlane::way_kind> {
protected:
    static constexpr std::uint64_t size = 4 << 20;

    void SetUp() override
    {
        options_.requested = GetParam();
        options_.io_bytes = 64 << 10;
        if (GetParam() == memlane::way_kind::direct && !can_direct()) {
            GTEST_SKIP() << "this file system cannot do direct I/O";
        }
    }

    [[nodiscard]] bool can_direct() const
    {
        return memlane::direct_file(dir_.file("probe"), memlane::file_use::target).can_direct();
    }

    memlane::transfer_result save() { return memlane::save(memory_, path_, options_); }

    /** Saves what cannot all arrive. @return the error, whose message is checked */
    memlane::transfer_error save_and_fail()
    {
        try {
            save();
        } catch (const memlane::transfer_error& e) {
            EXPECT_THAT(e.what(), testing::HasSubstr("save memfd:test -> " + path_));
            return e;
        }
        ADD_FAILURE() << "it was saved";
        return {0, "", 0, 0, ""};
    }

    /** @return the errno of a save that does not even begin. */
    int refusal()
    {
        try {
            save();
        } catch (const memlane::transfer_error&) {
            ADD_FAILURE() << "it began";
        } catch (const memlane::error& e) {
            return e.code().value();
        }
        return 0;
    }

    /** Expects the file to be @p length bytes of the memory from @p offset on. */
    void expect_saved(std::uint64_t offset, std::uint64_t length) const
    {
        const auto file = content(path_);
        ASSERT_EQ(file.size(), length);
        const auto bytes = memory_.bytes().subspan(offset, length);
        EXPECT_TRUE(std::equal(file.begin(), file.end(), bytes.begin()));
    }

    void make_file(std::size_t length, char fill) const
    {
        std::ofstream(path_, std::ios::binary) << std::string(length, fill);
    }

    guest::scratch_dir dir_;
    std::string path_ = dir_.file("out.raw");
    memfd_memory memory_{size, 7};
    memlane::transfer_options options_;
};

inline std::string way_name(const testing::TestParamInfo<memlane::way_kind>& each)
{
    return std::string(to_string(each.param));
}

#endif
