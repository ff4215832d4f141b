// SPDX-License-Identifier: GPL-2.0-or-later
// What the command says before it does anything.
#include "command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using guest::command_result;
using guest::memlane;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> verbs = {"list", "create", "destroy", "info",  "save",
                                        "load", "draw",   "shot",    "view",  "doctor",
                                        "dump", "peek",   "poke",    "check", "play"};

class BadUsage : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(BadUsage, exits_2_and_points_to_the_help)
{
    const command_result result = memlane(GetParam());
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, StartsWith("memlane"));
    EXPECT_THAT(result.err, HasSubstr("--help'."));
}

using line = std::vector<std::string>;

INSTANTIATE_TEST_SUITE_P(Verbs, BadUsage,
                         testing::Values(line{}, line{"frobnicate"}, line{"--frobnicate"},
                                         line{"list", "surplus"}, line{"info"}, line{"create", "a"},
                                         line{"create", "--size", "4K"}, line{"destroy"},
                                         line{"save", "a"}, line{"load", "a"}, line{"doctor"},
                                         line{"doctor", "--pid", "1"},
                                         line{"doctor", "a", "--address", "4096"},
                                         line{"doctor", "--pid", "-1", "--address", "1"},
                                         line{"save", "a", "b", "--checksum", "md5"}));

INSTANTIATE_TEST_SUITE_P(Recordings, BadUsage,
                         testing::Values(line{"check"}, line{"check", "a", "b"},
                                         line{"check", "a", "--frobnicate"}, line{"play", "a"},
                                         line{"play", "a", "b", "--rate", "-1"},
                                         line{"play", "a", "b", "--rate", "fast"},
                                         line{"info", "a", "b"}));

INSTANTIATE_TEST_SUITE_P(Numbers, BadUsage,
                         testing::Values(line{"create", "a", "--size", "4X"},
                                         line{"create", "a", "--size", "-4096"},
                                         line{"create", "a", "--size=-4096"},
                                         line{"create", "a", "--size", "17000000T"},
                                         line{"create", "a", "--size", ""},
                                         line{"create", "a", "--size", "4K", "--phys", "ram"},
                                         line{"save", "a", "b", "--offset", "1.5M"},
                                         line{"save", "a", "b", "--length", "0x"},
                                         line{"save", "a", "b", "--io-size", "8G"},
                                         line{"save", "a", "b", "--way", "magic"},
                                         line{"load", "a", "b", "--depth", "many"}));

INSTANTIATE_TEST_SUITE_P(Addresses, BadUsage,
                         testing::Values(line{"view"}, line{"view", "a", "--listen", "5900"},
                                         line{"view", "a", "--listen", "127.0.0.1"},
                                         line{"view", "a", "--listen", "::1:5900"},
                                         line{"view", "a", "--listen", "127.0.0.1:70000"},
                                         line{"view", "a", "--listen", ":5900"},
                                         line{"view", "a", "--http", "65536"},
                                         line{"view", "a", "--fps", "0"},
                                         line{"view", "a", "--fps", "241"},
                                         line{"view", "a", "--format", "gray8"},
                                         line{"view", "a", "--geometry", "640x"}));

INSTANTIATE_TEST_SUITE_P(
    Words, BadUsage,
    testing::Values(line{"peek", "a", "0", "--width", "3"}, line{"peek", "a", "2"},
                    line{"peek", "a", "1", "--width", "2"}, line{"poke", "a", "0"},
                    line{"poke", "a", "0", "256", "--width", "1"},
                    line{"poke", "a", "0", "0x100000000"},
                    line{"poke", "a", "6", "1", "--width", "4"}, line{"poke", "a", "0", "1", "two"},
                    line{"dump", "a", "--width", "5"},
                    line{"dump", "a", "--width", "4", "--offset", "2"},
                    line{"dump", "a", "--width", "4", "--length", "6"}));

INSTANTIATE_TEST_SUITE_P(
    Screens, BadUsage,
    testing::Values(line{"draw", "a"}, line{"draw", "a", "stripes"}, line{"draw", "a", ""},
                    line{"draw", "a", "card", "--format", "gray8"},
                    line{"draw", "a", "card", "--geometry", "0x5"},
                    line{"draw", "a", "card", "--geometry", "5x5", "--format", "bgr"},
                    line{"draw", "a", "card", "--geometry", "5x5", "--pages", "0"},
                    line{"draw", "a", "card", "--fit"}, line{"draw", "a", "card", "--text", "b"},
                    line{"draw", "a", "card", "--frames", "3"},
                    line{"draw", "a", "card", "--animate", "--page", "1"},
                    line{"draw", "a", "card", "--animate", "--fps", "0"},
                    line{"draw", "a", "card", "--animate", "--fps", "nan"},
                    line{"draw", "a", "card", "--animate", "--seconds", "-1"},
                    line{"draw", "a", "b.png", "--animate"}, line{"shot", "a"},
                    line{"shot", "a", "b.png", "--geometry", "5"}));

TEST(Help, is_on_standard_output_and_exits_0)
{
    for (const char* option : {"--help", "-h"}) {
        const command_result result = memlane({option});
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.err, "");
        for (const std::string& verb : verbs) {
            EXPECT_THAT(result.out, HasSubstr("  " + verb + " "));
        }
    }
}

TEST(Help, each_verb_has_its_own)
{
    for (const std::string& verb : verbs) {
        const command_result result = memlane({verb, "--help"});
        EXPECT_EQ(result.status, 0) << verb;
        EXPECT_EQ(result.err, "") << verb;
        EXPECT_THAT(result.out, HasSubstr("Usage: memlane " + verb + " [OPTIONS]"));
    }
}

TEST(Version, is_one_line)
{
    const command_result result = memlane({"--version"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, testing::MatchesRegex("memlane [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Output, a_full_disk_behind_standard_output_is_a_failure)
{
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    const command_result result = memlane({"--help"}, {.out_fd = full});
    ::close(full);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "memlane: write standard output: No space left on device (ENOSPC)\n");
}

TEST(Output, a_closed_pipe_behind_standard_output_is_a_failure)
{
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ::close(ends[0]);
    const command_result result = memlane({"save", "--help"}, {.out_fd = ends[1]});
    ::close(ends[1]);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "memlane: write standard output: Broken pipe (EPIPE)\n");
}

TEST(Module, that_is_not_loaded_is_named_as_the_reason)
{
    if (::access("/sys/module/memlane", F_OK) == 0) {
        GTEST_SKIP() << "it is loaded here";
    }
    for (const line& arguments :
         {line{"list"}, line{"create", "a", "--size", "4K"}, line{"info", "a"}, line{"dump", "a"},
          line{"save", "a", "/dev/null"}, line{"destroy", "a"}}) {
        const command_result result = memlane(arguments);
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("the module memlane is not loaded"));
    }
}

TEST(Names, what_cannot_be_a_region_is_refused)
{
    for (const char* name : {"", "memlane:", "a/b", "/dev/mem", ".hidden", "/dev/memlane/"}) {
        const command_result result = memlane({"dump", name});
        EXPECT_EQ(result.status, 1) << name;
        EXPECT_THAT(result.err, HasSubstr("EINVAL")) << name;
    }
}

} // namespace
