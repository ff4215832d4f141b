// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/recording.hpp"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/error.hpp"
#include "recording_files.hpp"

namespace {

using memlane::recorded_frame;
using memlane::recording;
using recordings::files;
using testing::HasSubstr;

std::string text_of(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/** @return the errno with which @p work fails; what() has @p part in it. */
template <typename Work>
int errno_of(Work work, const std::string& part)
{
    try {
        work();
    } catch (const memlane::error& e) {
        EXPECT_THAT(e.what(), HasSubstr(part));
        return e.code().value();
    }
    return 0;
}

/** Reads all that is left. @return how many frames that were */
std::size_t expect_frames(recording& from, const files& made, std::size_t first = 0)
{
    std::size_t number = first;
    while (const auto found = from.next()) {
        const auto& expected = made.records().at(number);
        EXPECT_EQ(found->what, expected.what);
        EXPECT_EQ(found->file, expected.file);
        EXPECT_EQ(found->offset_bytes, expected.offset_bytes);
        EXPECT_EQ(text_of(from.read(*found)), made.bytes_of(found->what.sequence));
        ++number;
    }
    return number - first;
}

TEST(Recording, has_the_frames_that_were_recorded)
{
    const files made({.frames = 500, .frames_a_file = 70, .first_sequence = 1ULL << 40U});
    recording from(made.base());
    EXPECT_EQ(from.info(), made.info());
    EXPECT_EQ(from.frames(), 500U);
    EXPECT_EQ(expect_frames(from, made), 500U);
    EXPECT_EQ(from.next(), std::nullopt);
    from.seek(123);
    EXPECT_EQ(expect_frames(from, made, 123), 377U);
    from.seek(~std::uint64_t{});
    EXPECT_EQ(from.next(), std::nullopt);
}

TEST(Recording, an_index_longer_than_what_is_read_at_once_comes_as_a_whole)
{
    const files made({.frames = 1, .stamped = false});
    std::vector<memlane::detail::index_record> records(45'000, made.records()[0]);
    for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].what.sequence = i;
    }
    made.put_records(records);
    recording from(made.base());
    for (std::size_t i = 0; i < records.size(); ++i) {
        ASSERT_EQ(from.next()->what.sequence, i);
    }
    EXPECT_EQ(from.next(), std::nullopt);
    from.seek(19'999);
    EXPECT_EQ(from.next()->what.sequence, 19'999U);
    EXPECT_EQ(from.next()->what.sequence, 20'000U);
}

TEST(Recording, frames_larger_than_what_is_read_at_once_come_as_a_whole)
{
    const files made({.frames = 3, .stamped = false, .change = [](std::size_t number, auto& it) {
                          it.what.length_bytes = 9'000'001;
                          it.offset_bytes = number * 9'000'448;
                      }});
    recording from(made.base());
    EXPECT_EQ(expect_frames(from, made), 3U);
}

TEST(Recording, goes_by_any_of_its_files_names)
{
    const files made;
    for (const char* suffix : {"", ".json", ".index", ".raw"}) {
        EXPECT_EQ(recording(made.base() + suffix).base(), made.base());
    }
    // OUT may look like one of them.
    for (const char* suffix : {".json", ".index", ".raw"}) {
        std::filesystem::rename(made.base() + suffix, made.base() + ".raw" + suffix);
    }
    EXPECT_EQ(memlane::recording_base(made.base() + ".raw"), made.base() + ".raw");
}

TEST(Recording, one_that_is_not_there_is_enoent)
{
    const files made;
    EXPECT_EQ(errno_of([&] { recording(made.path("other")); }, "other.json"), ENOENT);
    std::filesystem::remove(made.index());
    EXPECT_EQ(errno_of([&] { recording(made.base()); }, made.index()), ENOENT);
}

TEST(Recording, damage_is_said_with_its_place)
{
    const files made({.frames_a_file = 4});
    const auto saved = made.all();
    const auto read_all = [&] {
        recording from(made.base());
        expect_frames(from, made);
    };
    recordings::damage(made.index(), 20);
    EXPECT_EQ(errno_of(read_all, made.index() + ": Bad message (EBADMSG): its header"), EBADMSG);
    made.restore(saved);
    recordings::damage(made.index(), recordings::place_of(5) + 7);
    EXPECT_EQ(errno_of(read_all, "its record 5 is damaged"), EBADMSG);
    made.restore(saved);
    recordings::put(made.index(), files().all()["out.index"]);
    EXPECT_EQ(errno_of(read_all, "it is of another recording than " + made.json()), EBADMSG);
    made.restore(saved);
    recordings::cut(made.raw(1), 4);
    EXPECT_EQ(errno_of(read_all, made.raw(1) + ": Bad message (EBADMSG): it ends in front of the "
                                               "end of frame 104"),
              EBADMSG);
    std::filesystem::remove(made.raw(1));
    EXPECT_EQ(errno_of(read_all, made.raw(1)), ENOENT);
}

TEST(Recording, one_that_was_cut_off_ends_at_what_is_no_record)
{
    const files made({.finished = false});
    recordings::cut(made.index(), recordings::place_of(7) + 47);
    recording torn(made.base());
    EXPECT_EQ(expect_frames(torn, made), 7U);
    recordings::cut(made.index(), recordings::place_of(5));
    recordings::cut(made.index(), recordings::place_of(30));
    recording zeros(made.base());
    EXPECT_EQ(expect_frames(zeros, made), 5U);
}

TEST(Recording, one_that_goes_on_can_be_followed)
{
    // So small that all of them are in the block that is read for the first.
    const files made({.finished = false, .change = [](std::size_t number, auto& it) {
                          it.what.length_bytes = 100;
                          it.offset_bytes = number * 512;
                      }});
    const std::string index = recordings::content(made.index());
    const std::string raw = recordings::content(made.raw());
    const auto& last = made.records()[7];
    // As it is before the last frame: space for it, and half of its record.
    recordings::put(made.raw(),
                    raw.substr(0, last.offset_bytes) + std::string(std::size_t{64} * 512, '\0'));
    recordings::put(made.index(), index.substr(0, recordings::place_of(7) + 20));
    recording from(made.base());
    EXPECT_EQ(expect_frames(from, made), 7U);
    recordings::put(made.raw(), raw);
    recordings::put(made.index(), index);
    EXPECT_EQ(expect_frames(from, made, 7), 1U) << "what was read ahead is old";
}

} // namespace
