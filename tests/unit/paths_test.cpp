// SPDX-License-Identifier: GPL-2.0-or-later
// Paths in place of sources, files that are made, and what a path can lead to.
#include <chrono>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "forbid_io_uring.hpp"
#include "guest.hpp"
#include "index_file.hpp"
#include "memlane/error.hpp"
#include "memlane/source.hpp"
#include "png.hpp"
#include "raw_file.hpp"
#include "recording_files.hpp"
#include "scratch_dir.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using testing::HasSubstr;

class Paths : public testing::Test {
protected:
    Paths() { recordings::put(path_, "0123456789abcdef"); }

    [[nodiscard]] static unsigned mode_of(const std::string& path)
    {
        struct stat status = {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777U;
    }

    /// Expects an error that says @p why at once.
    static void expect_refusal(const std::vector<std::string>& line, const std::string& why,
                               int wanted = 1)
    {
        const auto start = std::chrono::steady_clock::now();
        const command_result result = memlane(line);
        EXPECT_EQ(result.status, wanted) << line[0] << ": " << result.err;
        EXPECT_THAT(result.err, HasSubstr(why));
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("12:30.raw");
    std::string out_ = folder_.file("out");
};

TEST_F(Paths, of_a_file_are_that_file)
{
    EXPECT_EQ(memlane({"peek", path_, "0", "--width", "1"}).out, "0x00000000: 0x30\n");
    const command_result saved = memlane({"save", path_, out_});
    EXPECT_THAT(saved.out, HasSubstr("file:" + path_ + " -> " + out_ + ": 16 B"));
    EXPECT_EQ(recordings::content(out_), recordings::content(path_));
    recordings::put(path_, std::string(4096, 'x'));
    EXPECT_EQ(memlane({"draw", path_, "bars", "--geometry", "8x8"}).status, 0);
    EXPECT_NE(recordings::content(path_), std::string(4096, 'x'));
    EXPECT_EQ(::memlane::source_uri("name"), "memlane:name");
    EXPECT_EQ(::memlane::source_uri("file:/a:b"), "file:/a:b");
    EXPECT_EQ(::memlane::source_uri("/dev/memlane/name"), "memlane:name");
}

TEST_F(Paths, that_cannot_be_memory_say_what_could)
{
    expect_refusal({"dump", "/nowhere/at/all.raw"}, "No such file or directory (ENOENT); a region");
    expect_refusal({"dump", "/dev/null"}, "dev:/dev/null+LEN");
    expect_refusal({"dump", "/dev/mem"}, "phys:ADDR+LEN");
    expect_refusal({"dump", "/tmp"}, "neither a regular file nor a device");
}

TEST_F(Paths, of_pipes_that_nobody_writes_are_not_waited_for)
{
    const std::string fifo = folder_.file("fifo");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    expect_refusal({"dump", "file:" + fifo}, "a FIFO is no memory");
    expect_refusal({"dump", "dev:" + fifo + "+4K"}, "a FIFO is no memory");
    expect_refusal({"dump", fifo}, "neither a regular file nor a device");
    expect_refusal({"draw", "memfd:4K", fifo, "--geometry", "8x8"}, "(EINVAL)");
    expect_refusal({"view", "memfd:4K", "--geometry", "8x8", "--password-file", fifo},
                   "its first line, the password, is empty");
}

TEST_F(Paths, of_pipes_that_somebody_writes_are_pictures)
{
    const std::string picture = folder_.file("in.png");
    ::memlane::tool::write_png(::memlane::tool::picture({8, 8}, {1, 2, 3}), picture);
    EXPECT_EQ(guest::sh("bash -c '" + guest::program() + " draw memfd:4K <(sleep 0.2; cat " +
                        picture + ") --geometry 8x8 >/dev/null'"),
              0);
}

TEST_F(Paths, in_dev_that_are_no_device_are_not_made)
{
    const std::string name = "/dev/memlane-no-such-device";
    expect_refusal({"save", "memfd:64K", name}, "(ENODEV): there is no such device");
    expect_refusal({"shot", "memfd:64K", name + ".png", "--geometry", "8x8"},
                   "(ENODEV): there is no such device");
    EXPECT_THROW(::memlane::detail::index_file(name + ".index", false), ::memlane::error);
    EXPECT_FALSE(std::filesystem::exists(name));
    EXPECT_EQ(memlane({"save", "memfd:64K", "/dev/shm/memlane-paths-test"}).status, 0);
    std::filesystem::remove("/dev/shm/memlane-paths-test");
}

TEST_F(Paths, of_a_terminal_are_not_for_memory)
{
    const guest::fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const guest::fd terminal(::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC));
    const command_result result = memlane({"save", "memfd:64K", "-"}, {.out_fd = terminal});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("a terminal does not show memory"));
}

TEST_F(Paths, of_what_is_made_from_memory_are_its_owners)
{
    const mode_t before = ::umask(022);
    ASSERT_EQ(memlane({"save", "memfd:64K", out_}).status, 0);
    ASSERT_EQ(memlane({"shot", "memfd:64K", out_ + ".png", "--geometry", "8x8"}).status, 0);
    EXPECT_EQ(mode_of(out_), 0600U);
    EXPECT_EQ(mode_of(out_ + ".png"), 0600U);

    ::memlane::detail::raw_file(out_ + ".raw", 0, 4096).keep();
    ::memlane::detail::index_file(out_ + ".index", false).keep();
    ::memlane::detail::write_meta(out_, {}, false);
    for (const char* suffix : {".raw", ".index", ".json"}) {
        EXPECT_EQ(mode_of(out_ + suffix), 0600U) << suffix;
    }
    ::umask(before);
}

TEST_F(Paths, of_what_is_made_have_the_mode_that_was_asked_for)
{
    const mode_t before = ::umask(077);
    ASSERT_EQ(memlane({"save", "memfd:64K", out_, "--mode", "644"}).status, 0);
    ASSERT_EQ(
        memlane({"shot", "memfd:64K", out_ + ".png", "--geometry", "8x8", "--mode", "0640"}).status,
        0);
    EXPECT_EQ(mode_of(out_), 0644U);
    EXPECT_EQ(mode_of(out_ + ".png"), 0640U);
    // What is there keeps its own.
    ASSERT_EQ(memlane({"save", "memfd:64K", out_, "--mode", "600"}).status, 0);
    ASSERT_EQ(memlane({"shot", "memfd:64K", out_ + ".png", "--geometry", "8x8"}).status, 0);
    EXPECT_EQ(mode_of(out_), 0644U);
    EXPECT_EQ(mode_of(out_ + ".png"), 0640U);

    ::memlane::detail::index_file(out_ + ".index", false, 0644).keep();
    EXPECT_EQ(mode_of(out_ + ".index"), 0644U);
    ::memlane::detail::write_meta(out_, {}, false);
    ASSERT_EQ(::chmod((out_ + ".json").c_str(), 0664), 0);
    ::memlane::detail::write_meta(out_, {}, false);
    EXPECT_EQ(mode_of(out_ + ".json"), 0664U) << "written anew";
    ::umask(before);
    for (const char* mode : {"", "8", "1777", "rw", "-1", "0x1ff"}) {
        EXPECT_EQ(memlane({"save", "memfd:64K", out_, "--mode", mode}).status, 2) << mode;
    }
}

TEST_F(Paths, where_there_are_no_locks_hold_an_index_nevertheless)
{
    for (const int errnum : {ENOLCK, EOPNOTSUPP}) {
        const std::string path = folder_.file(std::to_string(errnum));
        EXPECT_EQ(guest::in_child([&] {
                      guest::forbid_call(__NR_flock, static_cast<unsigned>(errnum));
                      ::memlane::detail::index_file index(path, false);
                      index.keep();
                      return index.is_locked() ? 1 : 0;
                  }),
                  0);
        EXPECT_TRUE(std::filesystem::exists(path));
    }
    EXPECT_TRUE(::memlane::detail::index_file(folder_.file("locked"), false).is_locked());
}

TEST_F(Paths, that_are_links_in_a_folder_of_all_are_not_followed)
{
    const std::string shared = folder_.file("shared");
    std::filesystem::create_directory(shared);
    ASSERT_EQ(::chmod(shared.c_str(), 01777), 0);
    const std::string link = shared + "/shot.png";
    ASSERT_EQ(::symlink(path_.c_str(), link.c_str()), 0);
    ASSERT_EQ(memlane({"shot", "memfd:64K", link, "--geometry", "8x8"}).status, 0);
    EXPECT_EQ(recordings::content(path_), "0123456789abcdef");
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(link)));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(shared), {}), 1);
}

TEST_F(Paths, may_be_as_long_as_names_can_be)
{
    const std::string longest = folder_.file(std::string(255, 'x'));
    const command_result result = memlane({"shot", "memfd:64K", longest, "--geometry", "8x8"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_TRUE(std::filesystem::exists(longest));
}

} // namespace
