// SPDX-License-Identifier: GPL-2.0-or-later
// The manual pages, and what they must agree with.
#include <algorithm>
#include <filesystem>
#include <regex>

#include "pages.hpp"
#include "scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

using namespace pages;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<fs::path> all_pages()
{
    std::vector<fs::path> found = {source / "man/memlane.4", source / "man/libmemlane.3"};
    for (const auto& each : fs::directory_iterator(generated)) {
        if (each.path().extension() == ".1") {
            found.push_back(each.path());
        }
    }
    return found;
}

/** @return the page as a terminal shows it, on one line, without bold type and hyphenation. */
std::string rendered(const fs::path& page)
{
    const std::string text = output_of("mandoc -Tascii -Owidth=1000 '" + page.string() + "'");
    return std::regex_replace(std::regex_replace(text, std::regex(".\b"), ""), std::regex("[ \n]+"),
                              " ");
}

std::string page_of(const std::string& verb)
{
    return rendered(generated / ("memlane-" + verb + ".1"));
}

/** @return the words that @p page does not have as such. */
std::vector<std::string> missing(const std::vector<std::string>& wanted, const std::string& page)
{
    std::vector<std::string> absent;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(absent),
                 [&](const std::string& each) {
                     return !std::regex_search(page, std::regex("\\b" + each + "\\b"));
                 });
    return absent;
}

TEST(Pages, each_verb_has_one_that_names_what_its_help_names)
{
    ASSERT_THAT(verbs(), Not(IsEmpty()));
    for (const std::string& verb : verbs()) {
        const std::string page = page_of(verb);
        const std::vector<std::string> options = options_of(verb);
        ASSERT_THAT(options, Not(IsEmpty())) << verb;
        for (const std::string& option : options) {
            EXPECT_THAT(page, HasSubstr(" " + option + " ")) << verb;
        }
        for (const char* section : {" NAME ", " SYNOPSIS ", " DESCRIPTION ", " EXIT STATUS ",
                                    " EXAMPLES ", " DIAGNOSTICS ", " SEE ALSO "}) {
            EXPECT_THAT(page, HasSubstr(section)) << verb;
        }
    }
}

TEST(Pages, a_verb_that_takes_a_source_lists_the_sources)
{
    for (const char* verb :
         {"save", "load", "draw", "shot", "view", "doctor", "dump", "peek", "poke", "play"}) {
        EXPECT_THAT(page_of(verb), HasSubstr(" memfd:SIZE[@SEED] ")) << verb;
    }
}

TEST(Pages, examples_are_commands_that_the_command_understands)
{
    const std::string option = " (--[a-z-]+)";
    for (const std::string& verb : verbs()) {
        const std::vector<std::string> known = options_of(verb);
        const std::string text = read(generated / ("memlane-" + verb + ".1"));
        for (const std::string& line : find_all(text, "(memlane " + verb + " [^|\n]*)")) {
            for (const std::string& each : find_all(line, option)) {
                EXPECT_THAT(known, Contains(each)) << line;
            }
        }
    }
}

TEST(Pages, that_of_the_command_names_each_verb)
{
    const std::string page = rendered(generated / "memlane.1");
    for (const std::string& verb : verbs()) {
        EXPECT_THAT(page, HasSubstr("memlane-" + verb + "(1)"));
    }
}

TEST(Pages, mandoc_has_nothing_to_complain_of)
{
    ASSERT_THAT(all_pages(), SizeIs(verbs().size() + 3));
    for (const fs::path& page : all_pages()) {
        EXPECT_EQ(output_of("mandoc -Tlint -Wwarning '" + page.string() + "' 2>&1"), "");
    }
}

TEST(Pages, that_of_the_node_names_each_macro_and_field_of_the_header)
{
    const std::string header = read(source / "include/uapi/linux/memlane.h");
    const std::string page = rendered(source / "man/memlane.4");
    const auto macros = find_all(header, "#define\\s+(MEMLANE_\\w+)");
    const auto fields = find_all(header, "\t(?:__\\w+) (\\w+)(?:\\[.*\\])?;");
    EXPECT_GE(macros.size(), 9U);
    EXPECT_GE(fields.size(), 14U);
    EXPECT_THAT(missing(macros, page), IsEmpty());
    EXPECT_THAT(missing(fields, page), IsEmpty());
    EXPECT_THAT(missing(find_all(header, "\t(MEMLANE_(?:KIND|POLICY)_\\w+)"), page), IsEmpty());
    EXPECT_THAT(missing(find_all(header, "\\b(E[A-Z]{3,})\\b"), page), IsEmpty());
}

TEST(Pages, that_of_the_node_names_each_attribute_and_parameter_of_the_module)
{
    const std::string page = rendered(source / "man/memlane.4");
    const std::string configfs = read(source / "module/configfs.c");
    const std::string sysfs = read(source / "module/sysfs.c") + read(source / "module/screen.c") +
                              read(source / "module/ring.c");
    EXPECT_THAT(missing(find_all(configfs, "CONFIGFS_ATTR\\w*\\(memlane_, (\\w+)\\)"), page),
                IsEmpty());
    EXPECT_THAT(missing(find_all(sysfs, "&dev_attr_(\\w+)\\.attr"), page), IsEmpty());
    EXPECT_THAT(
        missing(find_all(read(source / "module/params.c"), "module_param_array\\((\\w+),"), page),
        IsEmpty());
}

TEST(Pages, that_of_the_library_names_each_class_and_function)
{
    const std::string page = rendered(source / "man/libmemlane.3");
    for (const auto& each : fs::directory_iterator(source / "include/memlane")) {
        const std::string header = read(each.path());
        const auto classes = find_all(header, "\n(?:class|struct|enum class) (\\w+)[^;\n]*\\{");
        const auto functions = find_all(
            header, "\n(?:\\[\\[\\w+\\]\\] )?(?:constexpr )?[a-z][a-z0-9_:<>* ]* (\\w+)\\(");
        EXPECT_THAT(missing(classes, page), IsEmpty()) << each.path();
        EXPECT_THAT(missing(functions, page),
                    testing::IsSubsetOf({"to_string", "parse_checksum_kind"}))
            << each.path();
        EXPECT_FALSE(classes.empty() && functions.empty()) << each.path();
    }
}

TEST(Pages, the_example_of_that_of_the_library_compiles)
{
    const std::string text = read(source / "man/libmemlane.3");
    const std::size_t start = text.find("#include <memlane/error.hpp>");
    ASSERT_NE(start, std::string::npos);
    const std::string program = std::regex_replace(
        text.substr(start, text.find(".Ed", start) - start), std::regex("\\\\e"), "\\");
    const guest::scratch_dir folder;
    std::ofstream(folder.file("example.cpp")) << program;
    EXPECT_EQ(output_of("g++ -fsyntax-only -std=c++20 -Wall -Wextra -Werror -I'" +
                        (source / "include").string() + "' '" + folder.file("example.cpp") +
                        "' 2>&1"),
              "");
}

} // namespace
