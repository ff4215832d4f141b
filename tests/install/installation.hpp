// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The library as cmake --install leaves it, and programs built with it.
#ifndef MEMLANE_TESTS_INSTALL_INSTALLATION_HPP
#define MEMLANE_TESTS_INSTALL_INSTALLATION_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "guest.hpp"
#include "scratch_dir.hpp"

/** @return the bytes of a file, none if there is no such file. */
inline std::string content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/** How a command ended, and what it printed on both outputs. */
struct outcome {
    int status;
    std::string text;
};

inline outcome try_run(const std::string& command)
{
    const guest::scratch_dir dir;
    const std::string log = dir.file("log");
    const int status = guest::sh("{ " + command + "; } >" + log + " 2>&1");
    return {status, content(log)};
}

/** Runs a command that must succeed. @return what it printed. */
inline std::string run(const std::string& command)
{
    const outcome ended = try_run(command);
    if (ended.status != 0) {
        throw std::runtime_error(command + ": exit status " + std::to_string(ended.status) + "\n" +
                                 ended.text);
    }
    return ended.text;
}

/** A prefix with this build in it. Moved after the installation: it must work anywhere. */
class installation {
public:
    installation()
    {
        const std::string first = dir_.file("first");
        run(MEMLANE_CMAKE " --install " MEMLANE_BUILD_DIR " --prefix " + first);
        std::filesystem::rename(first, prefix());
    }

    [[nodiscard]] std::string prefix() const { return dir_.file("moved"); }
    [[nodiscard]] std::string include_dir() const { return prefix() + "/include"; }
    [[nodiscard]] std::string lib_dir() const { return prefix() + "/" MEMLANE_LIBDIR; }
    [[nodiscard]] std::string library() const { return lib_dir() + "/libmemlane.so"; }

private:
    guest::scratch_dir dir_;
};

/** Made for the first test that wants it, kept for the others. */
inline const installation& installed()
{
    static const installation made;
    return made;
}

/** The examples, built by CMake with that installation and from a copy of their folder. */
class example_programs {
public:
    example_programs()
    {
        const std::string sources = dir_.file("sources");
        std::filesystem::copy(MEMLANE_EXAMPLES, sources);
        run(MEMLANE_CMAKE " -G Ninja -S " + sources + " -B " + dir_.file("build") +
            " -DCMAKE_PREFIX_PATH=" + installed().prefix() +
            " -DCMAKE_CXX_COMPILER=" MEMLANE_CXX " -DCMAKE_CXX_FLAGS='-Wall -Wextra -Werror'");
        run(MEMLANE_CMAKE " --build " + dir_.file("build"));
    }

    [[nodiscard]] std::string path(const std::string& name) const
    {
        return dir_.file("build/" + name);
    }

private:
    guest::scratch_dir dir_;
};

/** @return the command that runs an example. */
inline std::string example(const std::string& name)
{
    static const example_programs built;
    return built.path(name);
}

#endif
