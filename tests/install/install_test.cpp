// SPDX-License-Identifier: GPL-2.0-or-later
// What is installed: whether it is complete, and whether other programs can use it.
#include "installation.hpp"

#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines(const std::string& text)
{
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        all.push_back(line);
    }
    return all;
}

/** @return what the library exports, as "NAME@@VERSION", in C++'s names. */
std::vector<std::string> exports()
{
    return lines(run("nm -D --defined-only --with-symbol-versions " + installed().library() +
                     " | grep -v ' A MEMLANE_0.1$' | cut -d ' ' -f 3- | c++filt"));
}

/** Compiles a program with pkg-config's flags. @return the command that runs it. */
std::string build_by_pkg_config(const std::string& source, const std::string& program)
{
    const std::string lib_dir = installed().lib_dir();
    run(MEMLANE_CXX " -std=c++20 -Wall -Wextra -Werror " + source + " -o " + program +
        " $(PKG_CONFIG_LIBDIR=" + lib_dir + "/pkgconfig pkg-config --cflags --libs memlane)");
    return "LD_LIBRARY_PATH=" + lib_dir + " " + program;
}

TEST(Install, gives_command_library_headers_and_packages)
{
    for (const std::string& file :
         {installed().prefix() + "/bin/memlane", installed().library() + ".0",
          installed().include_dir() + "/memlane/transfer.hpp",
          installed().include_dir() + "/linux/memlane.h",
          installed().lib_dir() + "/cmake/memlane/memlaneConfig.cmake",
          installed().lib_dir() + "/cmake/memlane/memlaneConfigVersion.cmake",
          installed().lib_dir() + "/pkgconfig/memlane.pc"}) {
        EXPECT_TRUE(std::filesystem::is_regular_file(file)) << file;
    }
}

TEST(Install, keeps_no_path_of_the_build)
{
    const std::string& prefix = installed().prefix();
    EXPECT_EQ(run("grep -r -l -F " MEMLANE_TREE " " + prefix +
                  " --include=*.cmake --include=*.pc " + "--include=*.hpp || true"),
              "");
    EXPECT_THAT(run("readelf -d " + installed().library()), Not(HasSubstr("RUNPATH")));
    EXPECT_THAT(run("readelf -d " + prefix + "/bin/memlane"), Not(HasSubstr(MEMLANE_TREE)));
}

TEST(Install, gives_a_command_that_finds_its_library)
{
    EXPECT_THAT(run("env -u LD_LIBRARY_PATH " + installed().prefix() + "/bin/memlane --version"),
                HasSubstr("0.1"));
    EXPECT_THAT(run("ldd " + installed().prefix() + "/bin/memlane"),
                HasSubstr(installed().prefix()));
}

TEST(Library, exports_only_what_has_a_version)
{
    const auto names = exports();
    EXPECT_GT(names.size(), 50U);
    EXPECT_THAT(names, testing::Each(EndsWith("@@MEMLANE_0.1")));
}

TEST(Library, exports_only_what_is_public)
{
    EXPECT_THAT(exports(), testing::Each(testing::AllOf(
                               AnyOf(StartsWith("memlane::"), StartsWith("typeinfo for memlane::"),
                                     StartsWith("typeinfo name for memlane::"),
                                     StartsWith("vtable for memlane::")),
                               Not(HasSubstr("detail::")))));
}

TEST(Headers, each_compile_alone)
{
    int count = 0;
    for (const auto& each :
         std::filesystem::directory_iterator(installed().include_dir() + "/memlane")) {
        const std::string name = "memlane/" + each.path().filename().string();
        const outcome ended = try_run("echo '#include <" + name +
                                      ">' | " MEMLANE_CXX " -std=c++20 -Wall -Wextra "
                                      "-Wpedantic -Wconversion -Werror -fsyntax-only -I " +
                                      installed().include_dir() + " -x c++ -");
        EXPECT_EQ(ended.status, 0) << name << '\n' << ended.text;
        ++count;
    }
    EXPECT_GT(count, 10);
}

TEST(PkgConfig, builds_an_example)
{
    const guest::scratch_dir dir;
    const std::string command = build_by_pkg_config(MEMLANE_EXAMPLES "/save.cpp", dir.file("save"));
    run(command + " memfd:1M " + dir.file("out.raw"));
    EXPECT_EQ(content(dir.file("out.raw")).size(), guest::mib);
}

TEST(PkgConfig, builds_a_program_that_uses_everything)
{
    const guest::scratch_dir dir;
    const std::string command =
        build_by_pkg_config(MEMLANE_TREE "/tests/install/program.cpp", dir.file("program"));
    EXPECT_EQ(run(command + " " + dir.file("out.raw")), "absent_file_is_caught 1\n"
                                                        "stopped_transfer_is_caught 1\n"
                                                        "sources_have_types 1\n"
                                                        "own_source_is_saved 1\n");
    EXPECT_EQ(content(dir.file("out.raw")), std::string(12345, 'x'));
}

TEST(CMakePackage, of_another_minor_version_is_refused)
{
    const guest::scratch_dir dir;
    std::ofstream(dir.file("CMakeLists.txt"))
        << "cmake_minimum_required(VERSION 3.16)\nproject(wants LANGUAGES CXX)\n"
           "find_package(memlane 0.2 REQUIRED)\n";
    const outcome ended = try_run(
        MEMLANE_CMAKE " -S " + dir.file(".") + " -B " + dir.file("build") +
        " -DCMAKE_PREFIX_PATH=" + installed().prefix() + " -DCMAKE_CXX_COMPILER=" MEMLANE_CXX);
    EXPECT_NE(ended.status, 0);
    EXPECT_THAT(ended.text, HasSubstr("0.2"));
}

} // namespace
