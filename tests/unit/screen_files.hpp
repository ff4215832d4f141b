// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Screens in files, for the command to draw on and to look at.
#ifndef MEMLANE_TESTS_UNIT_SCREEN_FILES_HPP
#define MEMLANE_TESTS_UNIT_SCREEN_FILES_HPP

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "command.hpp"
#include "frame.hpp"
#include "memlane/screen.hpp"
#include "patterns.hpp"
#include "scratch_dir.hpp"

/// A file that is a screen, and marked where nothing has drawn.
class ScreenFile : public testing::Test {
protected:
    using words = std::vector<std::string>;

    static constexpr std::byte mark{0xa5};

    /// Makes the file anew, as large as @p as takes.
    void make(const ::memlane::geometry& as)
    {
        as_ = as;
        std::ofstream(path_, std::ios::binary | std::ios::trunc)
            << std::string(::memlane::size_of(as), static_cast<char>(mark));
    }

    /// @return the options that say what it is.
    [[nodiscard]] words options() const
    {
        return {"--geometry", ::memlane::tool::size_label(as_.size),
                "--format",   std::string(to_string(as_.format)),
                "--pages",    std::to_string(as_.pages)};
    }

    /// Runs "memlane VERB FILE ARGUMENTS OPTIONS".
    [[nodiscard]] guest::command_result run(const std::string& verb, const words& arguments,
                                            const guest::command_setting& setting = {}) const
    {
        return guest::memlane(line(verb, arguments), setting);
    }

    [[nodiscard]] words line(const std::string& verb, const words& arguments) const
    {
        words all = {verb, uri()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const words what = options();
        all.insert(all.end(), what.begin(), what.end());
        return all;
    }

    /// @return what a page holds.
    [[nodiscard]] ::memlane::tool::picture content(std::uint32_t page = 0) const
    {
        const ::memlane::screen shown(uri(), ::memlane::access_mode::read_only, as_);
        const ::memlane::screen_mode mode = shown.mode();
        const ::memlane::memory_reader pixels(
            shown.memory(), ::memlane::tool::page_offset(mode, page), mode.page_bytes());
        return ::memlane::tool::read_frame(mode, pixels, shown.colours(shown.mode()));
    }

    /// @return a pattern's frame at this size.
    [[nodiscard]] ::memlane::tool::picture expected(::memlane::tool::pattern_kind kind,
                                                    std::uint64_t number = 0,
                                                    const std::string& text = {}) const
    {
        const std::string label =
            ::memlane::tool::size_label(as_.size) + " " + std::string(to_string(as_.format));
        return ::memlane::tool::make_pattern(kind, {.size = as_.size, .label = label, .text = text})
            ->frame(number);
    }

    [[nodiscard]] std::string uri() const { return "file:" + path_; }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("frame.raw");
    ::memlane::geometry as_ = {};
};

#endif
