// SPDX-License-Identifier: GPL-2.0-or-later
// What the shells offer when somebody presses the tabulator.
#include "pages.hpp"
#include "scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

using namespace pages;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

/// Where and how bash is asked.
struct bash_setting {
    std::string folder = "."; ///< where the shell is
    fs::path script = generated / "memlane.bash";
};

/**
 * @param words of the command line as readline parts it, the last one at the cursor
 * @return what bash offers for the last word
 */
std::vector<std::string> complete(const std::vector<std::string>& words,
                                  const bash_setting& setting = {})
{
    std::string line = "cd '" + setting.folder +
                       "' && bash --norc -c '. \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
                       " _memlane; printf \"%s\\n\" \"${COMPREPLY[@]}\"' '" +
                       setting.script.string() + "' memlane";
    for (const std::string& each : words) {
        line += " '" + each + "'";
    }
    return find_all(output_of(line + " 2>&1"), "(.+)\n");
}

/** @return whether @p shell is on this machine. */
bool have(const std::string& shell)
{
    return !output_of("command -v " + shell).empty();
}

TEST(Bash, offers_the_verbs)
{
    EXPECT_THAT(complete({""}), IsSupersetOf(verbs()));
    EXPECT_THAT(complete({"d"}), UnorderedElementsAre("destroy", "doctor", "draw", "dump"));
    EXPECT_THAT(complete({"--v"}), ElementsAre("--version"));
    EXPECT_THAT(complete({"frobnicate", ""}), IsEmpty());
}

TEST(Bash, offers_the_options_of_each_verb)
{
    for (const std::string& verb : verbs()) {
        EXPECT_THAT(complete({verb, "--"}), testing::UnorderedElementsAreArray(options_of(verb)));
    }
    EXPECT_THAT(complete({"save", "a", "b", "--ver"}),
                UnorderedElementsAre("--verify", "--verbose"));
}

TEST(Bash, offers_values_behind_an_option_that_has_few)
{
    EXPECT_THAT(complete({"save", "a", "b", "--way", ""}),
                UnorderedElementsAre("auto", "kernel", "direct", "bounce", "buffered", "stream"));
    EXPECT_THAT(complete({"save", "--way", "=", "k"}), ElementsAre("kernel"));
    EXPECT_THAT(complete({"load", "--checksum", "s"}), ElementsAre("sha256"));
    EXPECT_THAT(complete({"dump", "a", "--width", "="}), UnorderedElementsAre("1", "2", "4", "8"));
    EXPECT_THAT(complete({"shot", "a", "--format", "rgb"}),
                UnorderedElementsAre("rgb565", "rgb888"));
    EXPECT_THAT(complete({"produce", "a", "--pattern", ""}),
                UnorderedElementsAre("counter", "noise", "zero"));
    EXPECT_THAT(complete({"save", "--offset", ""}), IsEmpty());
}

TEST(Bash, offers_kinds_of_sources)
{
    EXPECT_THAT(complete({"save", ""}),
                IsSupersetOf({"memlane:", "phys:", "pci:", "uio:", "u-dma-buf:", "dax:", "fb:",
                              "dev:", "file:", "memfd:"}));
    EXPECT_THAT(complete({"dump", "--width", "4", "memf"}), ElementsAre("memfd:"));
    EXPECT_THAT(complete({"dump", "memfd", ":"}), IsEmpty());
}

class Files : public testing::Test {
protected:
    Files()
    {
        for (const char* name : {"shot.raw", "shot two.raw", "other"}) {
            std::ofstream(folder_.file(name)) << "x";
        }
    }

    guest::scratch_dir folder_;
};

TEST_F(Files, are_regions_where_their_nodes_lie)
{
    const bash_setting elsewhere = {.script = folder_.file("script")};
    const std::string text = read(generated / "memlane.bash");
    const std::string nodes = folder_.file("node");
    fs::create_directory(nodes);
    std::ofstream(nodes + "/capture") << "x";
    std::ofstream(nodes + "/scratch.2") << "x";
    std::ofstream(elsewhere.script) << std::regex_replace(text, std::regex("/dev/memlane"), nodes);

    EXPECT_THAT(complete({"info", ""}, elsewhere), UnorderedElementsAre("capture", "scratch.2"));
    EXPECT_THAT(complete({"destroy", "s"}, elsewhere), ElementsAre("scratch.2"));
    EXPECT_THAT(complete({"save", ""}, elsewhere), IsSupersetOf({"capture", "scratch.2", "fb:"}));
    EXPECT_THAT(complete({"load", "x", "memlane", ":"}, elsewhere),
                UnorderedElementsAre("capture", "scratch.2"));
    EXPECT_THAT(complete({"create", ""}, elsewhere), IsEmpty());
}

TEST_F(Files, are_offered_by_bash_where_a_file_is_wanted)
{
    const std::string here = folder_.file("");
    EXPECT_THAT(complete({"save", "memfd", ":", "4K", "shot"}, {.folder = here}),
                UnorderedElementsAre("shot.raw", "shot two.raw"));
    EXPECT_THAT(complete({"load", "--json", "oth"}, {.folder = here}), ElementsAre("other"));
    EXPECT_THAT(complete({"doctor", "a", here + "o"}), ElementsAre(here + "other"));
    EXPECT_THAT(complete({"info", "oth"}, {.folder = here}), IsEmpty());
}

TEST_F(Files, are_offered_by_bash_beside_the_names_of_pictures)
{
    const bash_setting here = {.folder = folder_.file("")};
    EXPECT_THAT(complete({"draw", "a", ""}, here),
                UnorderedElementsAre("card", "gradient", "noise", "bars", "text", "shot.raw",
                                     "shot two.raw", "other"));
    EXPECT_THAT(complete({"draw", "a", "c"}, here), ElementsAre("card"));
    EXPECT_THAT(complete({"draw", "a", "o"}, here), ElementsAre("other"));
}

TEST_F(Files, are_offered_by_bash_behind_the_prefix_of_a_source_with_a_path)
{
    const std::string here = folder_.file("");
    EXPECT_THAT(complete({"dump", "file", ":", "oth"}, {.folder = here}), ElementsAre("other"));
    EXPECT_THAT(complete({"dump", "file", ":"}, {.folder = here}), Contains("shot two.raw"));
    EXPECT_THAT(complete({"dump", "dev", ":", here + "oth"}), ElementsAre(here + "other"));
    EXPECT_THAT(complete({"dump", "pci", ":", "oth"}, {.folder = here}), IsEmpty());
}

TEST(Zsh, script_names_each_verb_and_option)
{
    const std::string script = read(generated / "memlane.zsh");
    EXPECT_EQ(script.find("#compdef memlane\n"), 0U);
    for (const std::string& verb : verbs()) {
        EXPECT_THAT(script, HasSubstr("'" + verb + ":"));
        const std::size_t start = script.find("\n    " + verb + ")\n");
        ASSERT_NE(start, std::string::npos) << verb;
        const std::string part = script.substr(start, script.find(";;", start) - start);
        for (const std::string& option : options_of(verb)) {
            EXPECT_THAT(part, testing::ContainsRegex("'" + option + "=?\\[")) << verb;
        }
    }
}

TEST(Fish, script_names_each_verb_and_option)
{
    const std::string script = read(generated / "memlane.fish");
    for (const std::string& verb : verbs()) {
        EXPECT_THAT(script, HasSubstr("-n __memlane_needs_verb -a " + verb + " "));
        for (const std::string& option : options_of(verb)) {
            EXPECT_THAT(script,
                        HasSubstr("'__memlane_verb_is " + verb + "' -l " + option.substr(2) + " "));
        }
    }
}

TEST(Scripts, are_of_their_shells_grammar)
{
    for (const char* shell : {"bash", "zsh", "fish"}) {
        if (have(shell)) {
            const std::string script = (generated / "memlane.").string() + shell;
            EXPECT_EQ(output_of(std::string(shell) + " -n '" + script + "' 2>&1"), "");
        }
    }
}

TEST(Scripts, offer_no_value_that_the_command_refuses)
{
    const std::vector<std::vector<std::string>> lines = {
        {"save", "memfd:0", "file", "--way"},
        {"save", "memfd:0", "file", "--checksum"},
        {"dump", "memfd:0", "--width"},
        {"draw", "memfd:0", "card", "--geometry", "8x8", "--format"},
        {"draw", "memfd:0"},
        {"view", "memfd:0", "--geometry", "1x1", "--format"},
    };
    const guest::scratch_dir empty;
    for (std::vector<std::string> line : lines) {
        line.emplace_back();
        for (const std::string& value : complete(line, {.folder = empty.file("")})) {
            line.back() = value;
            // There is nothing in 0 bytes, which is no matter of usage.
            EXPECT_EQ(guest::memlane(line).status, 1) << value;
        }
    }
}

} // namespace
