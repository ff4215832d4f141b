// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The command's own help, and the pages and scripts that must agree with it.
#ifndef MEMLANE_TESTS_UNIT_PAGES_HPP
#define MEMLANE_TESTS_UNIT_PAGES_HPP

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "command.hpp"

namespace pages {

inline const std::filesystem::path source = MEMLANE_SOURCE;
inline const std::filesystem::path generated = MEMLANE_PAGES;

inline std::string read(const std::filesystem::path& path)
{
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// @return what a shell command writes to its standard output.
inline std::string output_of(const std::string& line)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "r"),
                                                               ::pclose);
    std::string text;
    std::array<char, 4096> piece;
    for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), pipe.get())) > 0;) {
        text.append(piece.data(), got);
    }
    return text;
}

/// @return what the first group of @p pattern finds in @p text, in order.
inline std::vector<std::string> find_all(const std::string& text, const std::string& pattern)
{
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

/// @return the verbs that 'memlane --help' lists.
inline std::vector<std::string> verbs()
{
    const std::string help = guest::memlane({"--help"}).out;
    return find_all(help.substr(help.find("Verbs:")), "\n  ([a-z]+) ");
}

/// @return the options that 'memlane VERB --help' lists.
inline std::vector<std::string> options_of(const std::string& verb)
{
    return find_all(guest::memlane({verb, "--help"}).out, "\n  (?:-[a-z],)?(--[a-z-]+)");
}

} // namespace pages

#endif
