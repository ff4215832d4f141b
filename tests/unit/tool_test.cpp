// SPDX-License-Identifier: GPL-2.0-or-later
// The command on memory that needs no driver, as any user has it.
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"
#include "memlane/pattern.hpp"

namespace {

using guest::command;
using guest::command_result;
using guest::memlane;
using guest::mib;
using guest::program;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/** A directory that everybody may use, on a disk. */
class Tool : public testing::Test {
protected:
    Tool()
    {
        EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
        EXPECT_EQ(::chmod(directory_.c_str(), 0777), 0);
    }
    ~Tool() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string content() const
    {
        std::ifstream in(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /** Expects the file to be the pattern of a seed. */
    void expect_pattern(std::size_t length, std::uint64_t seed) const
    {
        std::vector<std::byte> expected(length);
        ::memlane::fill_pattern(expected, seed);
        const std::string file = content();
        ASSERT_EQ(file.size(), length);
        EXPECT_EQ(std::memcmp(file.data(), expected.data(), length), 0);
    }

    [[nodiscard]] std::string path() const { return directory_ + "/out.raw"; }

    std::string directory_ = "/var/tmp/memlane-tool.XXXXXX";
};

TEST_F(Tool, saves_a_pattern_for_a_user_without_rights_and_without_the_module)
{
    const command_result result =
        memlane({"save", "memfd:256M", path(), "--verify"}, {.uid = guest::nobody});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, AllOf(StartsWith("memfd:256M -> " + path() + ": 256.00 MiB in "),
                                  HasSubstr(", verified")));
    EXPECT_EQ(std::filesystem::file_size(path()), 256 * mib);
}

TEST_F(Tool, says_which_way_it_took_and_why)
{
    const command_result text = memlane({"save", "memfd:1M@4", path(), "--verbose"});
    EXPECT_EQ(text.status, 0);
    EXPECT_THAT(text.err, AllOf(StartsWith("memlane: way "),
                                HasSubstr("not kernel: the kernel way is only for regions")));
    expect_pattern(mib, 4);

    const json document =
        json::parse(memlane({"save", "memfd:1M", path(), "--way", "bounce", "--json"}).out);
    EXPECT_EQ(document["way"], "bounce");
    EXPECT_EQ(document["reason"], "it was asked for");
    EXPECT_EQ(document["bytes"], mib);
    EXPECT_GT(document["cpu_ns"], 0);
    expect_pattern(mib, 0);
}

TEST_F(Tool, prints_a_checksum_that_others_agree_with)
{
    const command_result result =
        memlane({"save", "memfd:1M", path(), "--way", "bounce", "--checksum", "sha256"});
    EXPECT_EQ(result.status, 0) << result.err;
    const std::size_t line = result.out.find("\nsha256 ");
    ASSERT_NE(line, std::string::npos);
    const std::string digest = result.out.substr(line + 8, 64);
    EXPECT_EQ(guest::sh("echo '" + digest + "  " + path() + "' | sha256sum --check --quiet"), 0);

    const json document = json::parse(
        memlane({"save", "memfd:1M", path(), "--verify", "--checksum", "sha256", "--json"}).out);
    EXPECT_EQ(document["checksum"]["kind"], "sha256");
    EXPECT_EQ(document["checksum"]["value"], digest);
}

TEST_F(Tool, refuses_a_checksum_that_would_cost_a_copy_and_says_what_would_do)
{
    const command_result result =
        memlane({"save", "memfd:1M", path(), "--way", "direct", "--checksum", "xxh3"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, AllOf(HasSubstr("--verify"), HasSubstr("--way bounce")));
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Tool, writes_to_standard_output_nothing_but_the_bytes)
{
    const guest::fd out(::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const command_result result = memlane({"save", "memfd:3M@2", "-", "--json"}, {.out_fd = out});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(json::parse(result.err)["way"], "stream");
    expect_pattern(3 * mib, 2);
}

TEST_F(Tool, goes_through_a_shell_pipe_both_ways)
{
    ASSERT_EQ(guest::sh("truncate -s 3M " + path()), 0);
    EXPECT_EQ(guest::sh(program() + " save memfd:3M@8 - 2>/dev/null | " + program() +
                        " load - file:" + path() + " >/dev/null"),
              0);
    expect_pattern(3 * mib, 8);
}

#if !defined(__SANITIZE_ADDRESS__) // which takes terabytes of address space for itself
TEST_F(Tool, saves_what_is_larger_than_its_address_space)
{
    const std::string source = directory_ + "/memory";
    ASSERT_EQ(memlane({"save", "memfd:512M@6", source}).status, 0);
    for (const char* way : {"direct", "bounce", "buffered"}) {
        EXPECT_EQ(guest::sh("prlimit --as=400000000 " + program() + " save file:" + source + " " +
                            path() + " --way " + way + " >/dev/null"),
                  0)
            << way;
        EXPECT_EQ(guest::sh("cmp " + source + " " + path()), 0) << way;
    }
}
#endif

TEST_F(Tool, does_not_save_a_file_onto_itself)
{
    ASSERT_EQ(memlane({"save", "memfd:1M@3", path()}).status, 0);
    const std::string link = directory_ + "/link";
    ASSERT_EQ(::symlink(path().c_str(), link.c_str()), 0);
    for (const std::string& target : {path(), link}) {
        const command_result result = memlane({"save", "file:" + path(), target});
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("mapped from that very file"));
        EXPECT_EQ(memlane({"load", target, "file:" + path()}).status, 1);
    }
    expect_pattern(mib, 3);
}

TEST_F(Tool, interrupted_exits_130_with_an_exact_count)
{
    for (const char* way : {"direct", "bounce", "buffered"}) {
        command save({"save", "memfd:1G", path(), "--way", way, "--json", "--io-size", "64K",
                      "--depth", "1"});
        while (!std::filesystem::exists(path())) {
            ::usleep(1000);
        }
        save.signal(SIGINT);
        const command_result result = save.wait();
        ASSERT_EQ(result.status, 130) << way << result.err;
        const std::uint64_t done = json::parse(result.out)["bytes"];
        EXPECT_LT(done, 1024 * mib);
        if (done == 0) {
            EXPECT_FALSE(std::filesystem::exists(path()));
        } else {
            expect_pattern(done, 0);
        }
        std::filesystem::remove(path());
    }
}

TEST_F(Tool, shows_single_words_of_any_memory)
{
    const command_result result = memlane({"peek", "memfd:4K@1", "8", "--width", "8"});
    std::uint64_t word = 0;
    ASSERT_EQ(std::sscanf(result.out.c_str(), "0x00000008: 0x%lx", &word), 1) << result.out;
    EXPECT_EQ(word, ::memlane::pattern_word(1, 1));
    EXPECT_EQ(memlane({"peek", "memfd:4K", "4096"}).status, 1);
}

TEST_F(Tool, dumps_no_byte_behind_the_end)
{
    std::ofstream(path()) << "abcdefghijklm";
    const command_result words = memlane({"dump", "file:" + path(), "--width", "4"});
    EXPECT_EQ(words.status, 0) << words.err;
    EXPECT_THAT(words.out, HasSubstr("       6d  |abcdefghijklm|\n0000000d\n"));
    std::ofstream(path()) << "abc";
    EXPECT_THAT(memlane({"dump", "file:" + path(), "--width", "8"}).out,
                StartsWith("00000000            "));
}

using Doctor = Tool;

TEST_F(Doctor, tells_what_it_found_in_words)
{
    const command_result result = memlane({"doctor", "memfd:16M", directory_});
    EXPECT_EQ(result.status, 0) << result.err;
    for (const char* part :
         {"memory ", "memfd:16M, 16.00 MiB", "VmFlags rd wr", "struct pages", "cache ",
          "write-back", "direct I/O", "to an unlinked file", "way kernel    no",
          "way bounce    yes", "way stream    yes", "best "}) {
        EXPECT_THAT(result.out, HasSubstr(part));
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory_)) << "it left something";
}

TEST_F(Doctor, tells_programs_in_json)
{
    const json document = json::parse(memlane({"doctor", "memfd:1M", directory_, "--json"}).out);
    EXPECT_EQ(document["schema"], 1);
    EXPECT_EQ(document["size"], mib);
    EXPECT_EQ(document["mapping"]["page_backed"], true);
    EXPECT_EQ(document["target"]["path"], directory_);
    EXPECT_EQ(document["ways"].size(), 5);
    EXPECT_EQ(document["ways"][0]["way"], "kernel");
    EXPECT_EQ(document["ways"][0]["works"], false);
    EXPECT_EQ(document["direct_io"]["works"], true);
}

TEST_F(Doctor, looks_at_the_memory_of_another_process)
{
    constexpr std::size_t length = 3 * mib;
    const guest::fd memory(::memfd_create("theirs", MFD_CLOEXEC));
    ASSERT_EQ(::ftruncate(memory, length), 0);
    const guest::mapping map(memory, length, PROT_READ | PROT_WRITE);
    const auto look = [](const void* address) {
        return memlane({"doctor", "--pid", std::to_string(::getpid()), "--address",
                        std::to_string(reinterpret_cast<std::uintptr_t>(address)), "--json"});
    };
    const json of_file = json::parse(look(&map[mib]).out);
    EXPECT_EQ(of_file["size"], 2 * mib);
    EXPECT_THAT(of_file["mapping"]["backing"].get<std::string>(), HasSubstr("memfd:theirs"));
    EXPECT_EQ(of_file["direct_io"]["works"], true);

    const guest::buffer anonymous(mib);
    const json without_file = json::parse(look(anonymous.data()).out);
    EXPECT_EQ(without_file["direct_io"]["works"], true);
    EXPECT_THAT(without_file["direct_io"]["what"].get<std::string>(),
                HasSubstr("process_vm_readv"));
}

TEST_F(Doctor, says_what_it_cannot_look_at)
{
    const std::string self = std::to_string(::getpid());
    const command_result nothing = memlane({"doctor", "--pid", self, "--address", "16"});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_THAT(nothing.err, HasSubstr("nothing is mapped there"));
    EXPECT_THAT(memlane({"doctor", "--pid", "99999999", "--address", "16"}).err,
                HasSubstr("(ESRCH)"));
    EXPECT_THAT(memlane({"doctor", "memfd:1M", "/nowhere/at/all"}).err, HasSubstr("(ENOENT)"));
    EXPECT_THAT(memlane({"doctor", "memfd:64K", std::string(300, 'x')}).err,
                StartsWith("memlane: examine target xxx"));
    EXPECT_THAT(memlane({"doctor", "--pid", "1", "--address", "4096"}, {.uid = guest::nobody}).err,
                HasSubstr("(EACCES)"));
}

} // namespace
