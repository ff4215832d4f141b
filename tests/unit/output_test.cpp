// SPDX-License-Identifier: GPL-2.0-or-later
// Words that cannot be printed, or should not be as they are.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "guest.hpp"
#include "json_output.hpp"
#include "printable.hpp"
#include "recording_files.hpp"
#include "scratch_dir.hpp"
#include "table.hpp"

namespace {

using guest::command_result;
using ::memlane::tool::json_text;
using ::memlane::tool::printable;
using nlohmann::json;
using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

TEST(Printable, leaves_text_as_it_is)
{
    for (const std::string text :
         {"", "plain", "K\xc3\xa4se \xe6\x97\xa5 \xf0\x9f\x98\x80", "back\\slash"}) {
        EXPECT_EQ(printable(text), text);
    }
}

TEST(Printable, shows_what_moves_a_cursor_as_numbers)
{
    EXPECT_EQ(printable("a\x1b[31m\n\t\x7f"), "a\\x1b[31m\\x0a\\x09\\x7f");
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "a C1 control, CSI";
    EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "from right to left";
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, shows_what_is_not_utf8_as_numbers)
{
    EXPECT_EQ(printable("\xff"), "\\xff");
    EXPECT_EQ(printable("a\xe4"
                        "b"),
              "a\\xe4b");
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "longer than need be";
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "behind the last";
    EXPECT_EQ(printable("\xe6\x97"), "\\xe6\\x97") << "cut off";
}

TEST(Printable, is_what_a_cell_of_a_table_becomes)
{
    using ::memlane::tool::align;
    EXPECT_EQ(
        ::memlane::tool::format_table({align::left, align::left}, {{"a\nb", "c"}, {"d", "e"}}),
        "a\\x0ab  c\nd       e\n");
}

TEST(Json, of_what_is_not_utf8_can_be_told_apart)
{
    const ordered_json made = {{"a", "x\xff"}, {"b", {{"c", "\xfe"}}}, {"d", {"\xfd"}}, {"e", "f"}};
    const json read = json::parse(json_text(made));
    EXPECT_EQ(read["a"], "x\xef\xbf\xbd");
    EXPECT_EQ(read["a_hex"], "78ff");
    EXPECT_EQ(read["b"]["c_hex"], "fe");
    EXPECT_EQ(read["d"][0], "\xef\xbf\xbd");
    EXPECT_FALSE(read.contains("e_hex"));
}

TEST(Json, escapes_all_that_moves_a_cursor)
{
    const std::string text = "\x1b\x7f\xc2\x9b\xe2\x80\xae";
    const std::string printed = json_text({{"a", text}});
    EXPECT_EQ(printed, "{\n  \"a\": \"\\u001b\\u007f\\u009b\\u202e\"\n}");
    EXPECT_EQ(json::parse(printed)["a"], text);
}

class Output : public testing::Test {
protected:
    /// Runs a save that works.
    [[nodiscard]] command_result save(const guest::command_setting& setting) const
    {
        return guest::memlane({"save", "memfd:64K", path_}, setting);
    }

    void expect_saved() const { EXPECT_EQ(std::filesystem::file_size(path_), 64U << 10U); }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("out.raw");
    guest::fd full_{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
};

TEST_F(Output, an_error_that_nobody_can_read_is_still_one)
{
    EXPECT_EQ(guest::memlane({"info", "zz"}, {.err_fd = full_}).status, 1);
    EXPECT_EQ(guest::memlane({"info"}, {.err_fd = full_}).status, 2);
    EXPECT_EQ(guest::memlane({"info", "zz"}, {.closed = {0, 1, 2}}).status, 1);
}

TEST_F(Output, a_note_that_nobody_can_read_is_no_error)
{
    EXPECT_EQ(save({.err_fd = full_}).status, 0);
    expect_saved();
    EXPECT_EQ(guest::memlane({"save", "memfd:64K", path_, "--verbose"}, {.closed = {2}}).status, 0);
    expect_saved();
}

TEST_F(Output, a_result_that_cannot_be_printed_is_an_error_with_all_data_in_place)
{
    for (const guest::command_setting& setting :
         {guest::command_setting{.out_fd = full_}, guest::command_setting{.closed = {1}},
          guest::command_setting{.closed = {0, 1}}}) {
        std::filesystem::remove(path_);
        const command_result result = save(setting);
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("memlane: write standard output: "));
        EXPECT_THAT(result.err, HasSubstr("all 64.00 KiB are in place"));
        expect_saved();
    }
}

TEST_F(Output, beside_data_on_standard_output_is_a_result_too)
{
    const guest::fd out(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(guest::memlane({"save", "memfd:64K", "-"}, {.out_fd = out, .err_fd = full_}).status,
              1);
    expect_saved();
}

TEST_F(Output, closed_descriptors_are_not_given_to_files)
{
    EXPECT_EQ(
        guest::memlane({"save", "memfd:64K", path_, "--verbose"}, {.closed = {0, 1, 2}}).status, 1);
    EXPECT_EQ(guest::memlane({"save", "memfd:64K", folder_.file("other")}).status, 0);
    EXPECT_EQ(guest::sh("cmp " + path_ + " " + folder_.file("other")), 0);
}

TEST_F(Output, data_for_a_closed_standard_output_is_not_lost_without_a_word)
{
    const command_result result = guest::memlane({"save", "memfd:64K", "-"}, {.closed = {1}});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("(EBADF)"));
    const command_result load = guest::memlane({"load", "-", "memfd:64K"}, {.closed = {0}});
    EXPECT_EQ(load.status, 1);
    EXPECT_THAT(load.err, HasSubstr("(EBADF)"));
}

TEST_F(Output, a_terminal_that_hangs_up_ends_a_save_with_129)
{
    guest::fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    guest::fd terminal(::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC));
    guest::command save({"save", "memfd:1G", path_, "--way", "bounce", "--io-size", "64K"},
                        {.out_fd = terminal, .err_fd = terminal});
    while (!std::filesystem::exists(path_)) {
        ::usleep(1000);
    }
    terminal = guest::fd();
    master = guest::fd();
    save.signal(SIGHUP);
    EXPECT_EQ(save.wait().status, 128 + SIGHUP);
}

TEST_F(Output, of_names_with_control_characters_is_one_harmless_line)
{
    const std::string odd = folder_.file("\x1b[31m\nmemlane: all is well");
    const command_result saved = guest::memlane({"save", "memfd:64K", odd});
    EXPECT_EQ(saved.status, 0);
    EXPECT_THAT(saved.out, HasSubstr("\\x1b[31m\\x0amemlane: all is well: 64.00 KiB"));
    EXPECT_EQ(std::count(saved.out.begin(), saved.out.end(), '\n'), 1);
    const command_result failed = guest::memlane({"dump", "file:" + odd + "/x"});
    EXPECT_THAT(failed.err, Not(HasSubstr("\x1b")));
    EXPECT_EQ(std::count(failed.err.begin(), failed.err.end(), '\n'), 1);
}

TEST_F(Output, of_a_recording_has_no_control_characters_of_its_json)
{
    const recordings::files made;
    std::string text = recordings::content(made.json());
    const std::string source = "memlane:test";
    text.replace(text.find(source), source.size(), "\\u001b[31mred\\u009b0m");
    recordings::put(made.json(), text);
    for (const char* verb : {"info", "check"}) {
        const command_result result = guest::memlane({verb, made.base()});
        EXPECT_THAT(result.out + result.err, Not(HasSubstr("\x1b"))) << verb;
        EXPECT_THAT(result.out + result.err, Not(HasSubstr("\xc2\x9b"))) << verb;
    }
    EXPECT_THAT(guest::memlane({"info", made.base()}).out, HasSubstr("\\x1b[31mred\\xc2\\x9b0m"));
    EXPECT_EQ(json::parse(guest::memlane({"info", made.base(), "--json"}).out)["source"],
              "\x1b[31mred\xc2\x9b"
              "0m");
}

TEST_F(Output, as_json_of_a_name_that_is_not_utf8_is_what_happened)
{
    const std::string odd = folder_.file("out\xff");
    const command_result saved = guest::memlane({"save", "memfd:64K", odd, "--json"});
    EXPECT_EQ(saved.status, 0) << saved.err;
    const json result = json::parse(saved.out);
    EXPECT_EQ(result["bytes"], 64 << 10);
    EXPECT_THAT(result["target_hex"].get<std::string>(), testing::EndsWith("2f6f7574ff"));

    const command_result failed =
        guest::memlane({"save", "memfd:64K", "/nowhere/at\xff/all", "--json"});
    EXPECT_EQ(failed.status, 1);
    EXPECT_EQ(json::parse(failed.out)["error"]["name"], "ENOENT");
    EXPECT_THAT(failed.err, HasSubstr("No such file or directory (ENOENT)"));
}

TEST_F(Output, as_json_that_cannot_be_printed_does_not_hide_the_error)
{
    const command_result failed =
        guest::memlane({"save", "memfd:64K", "/nowhere/at/all", "--json"}, {.out_fd = full_});
    EXPECT_EQ(failed.status, 1);
    EXPECT_THAT(failed.err, HasSubstr("write standard output: No space left"));
    EXPECT_THAT(failed.err, HasSubstr("open file /nowhere/at/all: No such file"));
}

} // namespace
