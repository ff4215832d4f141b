// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/direct_file.hpp"

#include <bit>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/error.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::direct_file;
using memlane::file_kind;
using memlane::file_use;
using testing::HasSubstr;

class DirectFile : public testing::Test {
protected:
    /** @return a path to a file with @p text. */
    std::string make_file(const std::string& text)
    {
        std::string path = dir_.file("existing");
        std::ofstream(path) << text;
        return path;
    }

    [[nodiscard]] static bool is_direct(const direct_file& file)
    {
        return (::fcntl(file.fd(), F_GETFL) & O_DIRECT) != 0;
    }

    /** @return the errno of opening @p path. */
    static int open_error(const std::string& path, file_use use)
    {
        try {
            const direct_file file(path, use);
        } catch (const memlane::error& e) {
            EXPECT_THAT(e.what(), HasSubstr(path));
            return e.code().value();
        }
        return 0;
    }

    guest::scratch_dir dir_;
};

TEST_F(DirectFile, a_target_keeps_its_bytes_when_opened)
{
    const std::string path = make_file("precious");
    {
        const direct_file file(path, file_use::target);
        EXPECT_FALSE(file.created());
        EXPECT_EQ(file.kind(), file_kind::regular);
        EXPECT_EQ(file.size_bytes(), 8);
    }
    std::string text;
    EXPECT_TRUE(std::getline(std::ifstream(path), text));
    EXPECT_EQ(text, "precious");
}

TEST_F(DirectFile, a_new_target_goes_unless_kept)
{
    const std::string path = dir_.file("new");
    {
        const direct_file file(path, file_use::target);
        EXPECT_TRUE(file.created());
        EXPECT_EQ(::access(path.c_str(), F_OK), 0);
    }
    EXPECT_NE(::access(path.c_str(), F_OK), 0);

    direct_file(path, file_use::target).keep();
    EXPECT_EQ(::access(path.c_str(), F_OK), 0);
}

TEST_F(DirectFile, a_moved_from_file_removes_nothing)
{
    const std::string path = dir_.file("new");
    direct_file first(path, file_use::target);
    {
        direct_file second(std::move(first));
        second.keep();
    }
    EXPECT_EQ(::access(path.c_str(), F_OK), 0);
}

TEST_F(DirectFile, a_symbolic_link_to_nowhere_makes_its_target)
{
    const std::string link = dir_.file("link");
    ASSERT_EQ(::symlink("real", link.c_str()), 0);
    direct_file(link, file_use::target).keep();
    EXPECT_EQ(::access(dir_.file("real").c_str(), F_OK), 0);
}

TEST_F(DirectFile, alignment_is_a_power_of_two_and_zero_without_direct_io)
{
    const direct_file file(make_file("x"), file_use::source);
    EXPECT_EQ(file.can_direct(), is_direct(file));
    if (file.can_direct()) {
        EXPECT_TRUE(std::has_single_bit(file.alignment_bytes()));
    } else {
        EXPECT_EQ(file.alignment_bytes(), 0);
    }
}

TEST_F(DirectFile, direct_io_can_be_switched)
{
    direct_file file(make_file("x"), file_use::source);
    if (!file.can_direct()) {
        GTEST_SKIP() << "this file system cannot do direct I/O";
    }
    file.set_direct(false);
    EXPECT_FALSE(is_direct(file));
    file.set_direct(true);
    EXPECT_TRUE(is_direct(file));
}

TEST_F(DirectFile, preallocated_bytes_are_zeros_until_written)
{
    direct_file file(dir_.file("new"), file_use::target);
    const int errnum = file.preallocate(4096, 8192);
    if (errnum == EOPNOTSUPP) {
        GTEST_SKIP() << "this file system cannot preallocate";
    }
    EXPECT_EQ(errnum, 0);
    EXPECT_EQ(file.size_bytes(), 12288);
}

TEST_F(DirectFile, what_cannot_be_preallocated_leaves_the_size)
{
    direct_file file(make_file("12345"), file_use::target);
    EXPECT_NE(file.preallocate(0, 1ULL << 62), 0);
    EXPECT_EQ(file.size_bytes(), 5);
}

TEST_F(DirectFile, only_regular_files_and_block_devices_are_taken)
{
    const std::string fifo = dir_.file("fifo");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    for (const file_use use : {file_use::source, file_use::target}) {
        EXPECT_EQ(open_error(fifo, use), EINVAL);
        EXPECT_EQ(open_error("/dev/null", use), EINVAL);
        EXPECT_EQ(open_error(dir_.file("."), use), EISDIR);
    }
}

TEST_F(DirectFile, a_source_must_exist)
{
    EXPECT_EQ(open_error(dir_.file("none"), file_use::source), ENOENT);
    EXPECT_NE(::access(dir_.file("none").c_str(), F_OK), 0);
}

TEST_F(DirectFile, a_target_needs_its_directory)
{
    EXPECT_EQ(open_error(dir_.file("none/new"), file_use::target), ENOENT);
}

} // namespace
