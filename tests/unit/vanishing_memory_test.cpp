// SPDX-License-Identifier: GPL-2.0-or-later
// Verbs at memory of which a part is not there: a mapping that is longer than its file
// raises SIGBUS, as a card does that was unplugged.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "recording_files.hpp"
#include "scratch_dir.hpp"

namespace {

using guest::command_result;
using guest::memlane;
using testing::HasSubstr;
using words = std::vector<std::string>;

constexpr std::size_t there = 8192; // of 64 KiB

class VanishingMemory : public testing::Test {
protected:
    VanishingMemory() { recordings::put(path_, std::string(there, 'x')); }

    [[nodiscard]] std::string uri() const { return "dev:" + path_ + "+64K"; }

    /// Expects an error that names the place, and no signal.
    command_result run(const words& arguments) const
    {
        command_result result = memlane(arguments);
        EXPECT_EQ(result.status, 1) << arguments[0] << ": " << result.err;
        EXPECT_THAT(result.err, HasSubstr("(EFAULT): " + uri() + " has no memory at offset 8192"));
        return result;
    }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("memory");
};

TEST_F(VanishingMemory, is_dumped_up_to_its_end)
{
    const command_result result = run({"dump", uri(), "--all", "--width", "4"});
    EXPECT_THAT(result.out, HasSubstr("\n00001ff0  78787878"));
    EXPECT_THAT(result.out, testing::Not(HasSubstr("\n00002000")));
}

TEST_F(VanishingMemory, is_read_word_by_word_up_to_its_end)
{
    EXPECT_EQ(run({"peek", uri(), "8192"}).out, "");
    EXPECT_EQ(memlane({"peek", uri(), "8188"}).out, "0x00001ffc: 0x78787878\n");
}

TEST_F(VanishingMemory, is_written_word_by_word_up_to_its_end)
{
    run({"poke", uri(), "8188", "0x61616161", "0x62626262"});
    EXPECT_EQ(recordings::content(path_), std::string(there - 4, 'x') + "aaaa");
}

TEST_F(VanishingMemory, is_no_picture)
{
    const std::string out = folder_.file("out.png");
    run({"shot", uri(), out, "--geometry", "64x64"});
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(VanishingMemory, is_not_drawn_on)
{
    run({"draw", uri(), "bars", "--geometry", "64x64"});
    run({"draw", uri(), "noise", "--geometry", "64x64", "--animate"});
    EXPECT_EQ(recordings::content(path_).size(), there);
}

TEST_F(VanishingMemory, is_no_place_to_play)
{
    const recordings::files made(
        {.change = [](std::size_t, auto& it) { it.what.length_bytes = recordings::slot; }});
    recordings::cut(path_, 0);
    const command_result result = memlane({"play", made.base(), uri(), "--rate", "0"});
    EXPECT_EQ(result.status, 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr(uri() + " has no memory at offset 0"));
}

} // namespace
