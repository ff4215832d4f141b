// SPDX-License-Identifier: GPL-2.0-or-later
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "limits.hpp"
#include "memlane/error.hpp"
#include "memlane/recording.hpp"
#include "memlane/recording_check.hpp"
#include "recording_files.hpp"

namespace {

using memlane::check_recording;
using memlane::recording;
using memlane::recording_state;
using memlane::repair_recording;
using memlane::repair_result;
using recordings::content;
using recordings::cut;
using recordings::damage;
using recordings::files;
using recordings::place_of;
using recordings::put;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/** @return the sequences of the frames, all of which are what was recorded. */
std::vector<std::uint64_t> frames_of(const files& made)
{
    std::vector<std::uint64_t> found;
    recording from(made.base());
    while (const auto frame = from.next()) {
        const auto bytes = from.read(*frame);
        EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                  made.bytes_of(frame->what.sequence));
        found.push_back(frame->what.sequence);
    }
    return found;
}

/** Repairs, and expects a recording without a fault that another repair does not change. */
repair_result repair(const files& made)
{
    repair_result result = repair_recording(made.base());
    const auto after = check_recording(made.base());
    EXPECT_THAT(after.findings, IsEmpty()) << after.findings[0].text;
    EXPECT_EQ(after.info, result.info);
    const auto repaired = made.all();
    EXPECT_FALSE(repair_recording(made.base()).changed);
    EXPECT_EQ(made.all(), repaired);
    return result;
}

/** Expects a refusal that changed nothing. @return what it says */
std::string refusal(const files& made, int errnum)
{
    const auto before = made.all();
    try {
        repair_recording(made.base());
        ADD_FAILURE() << "it was repaired";
        return "";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), errnum) << e.what();
        EXPECT_EQ(made.all(), before);
        return e.what();
    }
}

TEST(RecordingRepair, leaves_alone_what_is_right)
{
    for (const std::size_t frames : {0U, 1U, 8U}) {
        const files made({.frames = frames, .frames_a_file = 3});
        const auto before = made.all();
        const repair_result result = repair(made);
        EXPECT_FALSE(result.changed);
        EXPECT_EQ(result.verified, frames);
        EXPECT_EQ(made.all(), before);
    }
}

TEST(RecordingRepair, ends_in_good_order_what_was_cut_off)
{
    for (const std::size_t frames : {0U, 1U, 8U}) {
        const files made({.frames = frames, .frames_a_file = 3, .finished = false});
        const repair_result result = repair(made);
        EXPECT_TRUE(result.changed);
        EXPECT_EQ(result.info.state, recording_state::repaired);
        EXPECT_EQ(result.info.end, "it was cut off");
        EXPECT_EQ(result.info.source, "memlane:test");
        EXPECT_EQ(result.info.totals.frames, frames);
        EXPECT_EQ(result.raw_bytes_cut / 512, 64U);
        EXPECT_EQ(result.lost, 0U);
        EXPECT_EQ(frames_of(made).size(), frames);
    }
}

TEST(RecordingRepair, keeps_each_whole_record_of_an_index_that_was_cut_anywhere)
{
    for (const bool finished : {true, false}) {
        const files made({.frames = 4, .finished = finished});
        const auto saved = made.all();
        const std::string index = content(made.index());
        for (std::size_t length = place_of(0); length <= index.size(); ++length) {
            made.restore(saved);
            put(made.index(), index.substr(0, length));
            repair(made);
            EXPECT_EQ(frames_of(made).size(), (length - place_of(0)) / 48) << length;
        }
        for (std::size_t length = 0; length < place_of(0); ++length) {
            made.restore(saved);
            put(made.index(), index.substr(0, length));
            EXPECT_THAT(refusal(made, EBADMSG), HasSubstr("nothing was changed"));
        }
    }
}

TEST(RecordingRepair, keeps_the_frames_in_front_of_zeros_and_of_a_torn_record)
{
    for (const std::size_t torn : {1U, 17U, 47U}) {
        const files made({.finished = false});
        cut(made.index(), place_of(5) + torn);
        cut(made.index(), place_of(5) + 4096);
        const repair_result result = repair(made);
        EXPECT_THAT(frames_of(made), ElementsAre(100, 101, 102, 103, 104));
        EXPECT_EQ(result.index_bytes_cut, 4096U);
    }
}

TEST(RecordingRepair, keeps_the_frames_in_front_of_a_raw_file_s_end_at_any_block)
{
    const files made;
    const auto saved = made.all();
    const std::string raw = content(made.raw());
    for (std::size_t length = 0; length < raw.size(); length += 512) {
        made.restore(saved);
        put(made.raw(), raw.substr(0, length));
        repair(made);
        const auto whole = std::ranges::count_if(made.records(), [&](const auto& each) {
            return each.offset_bytes + each.what.length_bytes <= length;
        });
        EXPECT_EQ(frames_of(made).size(), static_cast<std::size_t>(whole)) << length;
    }
}

TEST(RecordingRepair, what_is_damaged_in_the_middle_becomes_missing_frames)
{
    const files made;
    damage(made.index(), place_of(1));
    damage(made.index(), place_of(2));
    damage(made.raw(), made.records()[5].offset_bytes + 100);
    const repair_result result = repair(made);
    EXPECT_THAT(frames_of(made), ElementsAre(100, 103, 104, 106, 107));
    EXPECT_EQ(result.lost, 3U);
    EXPECT_EQ(result.info.totals.dropped, 3U);
    EXPECT_EQ(result.verified, 5U);
    EXPECT_FALSE(std::filesystem::exists(made.index() + ".new"));
}

TEST(RecordingRepair, each_byte_of_the_index_that_flips_costs_one_frame_at_most)
{
    const files made({.frames = 3});
    const auto saved = made.all();
    for (std::size_t at = place_of(0); at < place_of(3); ++at) {
        made.restore(saved);
        damage(made.index(), at);
        repair(made);
        EXPECT_EQ(frames_of(made).size(), 2U) << at;
    }
}

TEST(RecordingRepair, frames_without_a_stamp_are_kept_when_they_are_there)
{
    const files made({.stamped = false, .finished = false});
    cut(made.raw(), made.records()[6].offset_bytes);
    EXPECT_EQ(repair(made).verified, 0U);
    EXPECT_THAT(frames_of(made), testing::SizeIs(6));
}

TEST(RecordingRepair, reads_no_frame_when_told_so)
{
    const files made({.finished = false});
    damage(made.raw(), 100);
    EXPECT_EQ(repair_recording(made.base(), {.data = false}).info.totals.frames, 8U);
    EXPECT_EQ(repair_recording(made.base()).info.totals.frames, 7U);
}

TEST(RecordingRepair, cuts_and_removes_raw_files_behind_the_last_frame)
{
    const files made({.frames_a_file = 2, .finished = false});
    cut(made.index(), place_of(3));
    const repair_result result = repair(made);
    EXPECT_EQ(result.raw_files_removed, 2U);
    EXPECT_EQ(result.info.totals.files, 2U);
    EXPECT_EQ(std::filesystem::file_size(made.raw(1)), made.records()[2].what.length_bytes);
    EXPECT_FALSE(std::filesystem::exists(made.raw(2)));
    EXPECT_THAT(frames_of(made), ElementsAre(100, 101, 102));
}

TEST(RecordingRepair, a_raw_file_that_is_short_does_not_take_those_behind_it_along)
{
    const files made({.frames_a_file = 3});
    cut(made.raw(0), made.records()[1].offset_bytes + 1);
    repair(made);
    EXPECT_THAT(frames_of(made), ElementsAre(100, 103, 104, 105, 106, 107));
}

TEST(RecordingRepair, the_last_raw_file_may_be_missing)
{
    const files made({.frames_a_file = 3, .finished = false});
    std::filesystem::remove(made.raw(2));
    repair(made);
    EXPECT_THAT(frames_of(made), testing::SizeIs(6));
}

TEST(RecordingRepair, refuses_to_take_away_frames_behind_a_raw_file_that_is_missing)
{
    const files made({.frames_a_file = 3});
    const std::string first = content(made.raw(0));
    const std::string second = content(made.raw(1));
    std::filesystem::remove(made.raw(1));
    EXPECT_THAT(refusal(made, ENOENT), HasSubstr(made.raw(1) + " is missing"));
    put(made.raw(1), std::string(second.size(), 'x'));
    EXPECT_THAT(refusal(made, EBADMSG), HasSubstr(made.raw(1) + " holds no whole frame"));
    put(made.raw(1), second);
    std::filesystem::remove(made.raw(0));
    EXPECT_THAT(refusal(made, ENOENT), HasSubstr(made.raw(0) + " is missing"));
    put(made.raw(0), first);
    EXPECT_FALSE(repair(made).changed);
}

TEST(RecordingRepair, refuses_when_no_raw_file_is_there_at_all)
{
    const files made;
    std::filesystem::remove(made.raw());
    EXPECT_THAT(refusal(made, ENOENT), HasSubstr(made.raw() + " is missing"));
}

TEST(RecordingRepair, a_json_that_is_missing_or_cut_is_rebuilt)
{
    const files made({.frames_a_file = 3});
    const auto saved = made.all();
    const std::string json = content(made.json());
    for (std::size_t length = 0; length + 1 < json.size(); length += 11) {
        made.restore(saved);
        if (length == 0) {
            std::filesystem::remove(made.json());
        } else {
            put(made.json(), json.substr(0, length));
        }
        const repair_result result = repair(made);
        EXPECT_TRUE(result.json_rebuilt);
        memlane::recording_info expected = made.info();
        expected.source = "unknown";
        expected.state = recording_state::repaired;
        expected.end = "it was cut off";
        EXPECT_EQ(result.info, expected);
        EXPECT_EQ(frames_of(made).size(), 8U);
    }
}

TEST(RecordingRepair, totals_that_are_wrong_are_put_right)
{
    const files made;
    memlane::recording_info info = made.info();
    ++info.totals.bytes;
    ++info.slot_bytes;
    memlane::detail::write_meta(made.base(), info, false);
    const repair_result result = repair(made);
    EXPECT_EQ(result.info.totals, made.info().totals);
    EXPECT_EQ(result.info.slot_bytes, made.info().slot_bytes);
    EXPECT_EQ(result.info.end, made.info().end);
}

TEST(RecordingRepair, a_count_of_missing_frames_that_is_wrong_is_put_right)
{
    const files made;
    auto records = made.records();
    records[4].what.dropped = 9;
    made.put_records(records);
    EXPECT_EQ(repair(made).lost, 0U);
    EXPECT_THAT(frames_of(made), testing::SizeIs(8));
}

TEST(RecordingRepair, frames_that_come_twice_or_overlap_are_kept_once)
{
    const files made({.stamped = false});
    auto records = made.records();
    records.insert(records.begin() + 4, records.begin() + 1, records.begin() + 4);
    records[7].offset_bytes = records[2].offset_bytes;
    made.put_records(records);
    repair(made);
    EXPECT_THAT(frames_of(made), ElementsAre(100, 101, 102, 103, 105, 106, 107));
}

TEST(RecordingRepair, without_an_index_there_is_nothing_to_go_by)
{
    const files made;
    std::filesystem::remove(made.index());
    EXPECT_THAT(refusal(made, ENOENT), HasSubstr(made.index() + " is missing"));
}

TEST(RecordingRepair, refuses_an_index_and_a_json_of_different_recordings)
{
    const files made;
    put(made.index(), content(files().index()));
    EXPECT_THAT(refusal(made, EBADMSG), HasSubstr("are of different recordings"));
}

TEST(RecordingRepair, refuses_one_that_is_being_recorded)
{
    const files made({.finished = false});
    const guest::fd recorder(::open(made.index().c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder, LOCK_EX | LOCK_NB), 0);
    EXPECT_THAT(refusal(made, EBUSY), HasSubstr("it is being recorded or repaired"));
    ASSERT_EQ(::flock(recorder, LOCK_UN), 0);
    repair(made);
}

TEST(RecordingRepair, stopped_it_has_changed_nothing)
{
    const files made({.finished = false});
    damage(made.index(), place_of(1));
    const auto before = made.all();
    std::atomic<bool> stop = false;
    int steps = 0;
    try {
        repair_recording(made.base(),
                         {.progress = [&](const auto&) { stop = ++steps == 6; }, .stop = &stop});
        FAIL();
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EINTR);
    }
    EXPECT_EQ(made.all(), before) << "the index that was begun is left";
}

TEST(RecordingRepair, what_is_left_of_one_that_failed_can_be_repaired)
{
    const files made({.frames_a_file = 3, .finished = false});
    cut(made.index(), place_of(7) + 5);
    damage(made.index(), place_of(1));
    const auto saved = made.all();
    // The index is 64 + 7 * 48 bytes, the JSON some 700: each write fails at some byte.
    bool failed_once = false;
    for (rlim_t limit = 0; limit < 1024; limit += 64) {
        made.restore(saved);
        {
            const guest::file_size_limit limited(limit);
            try {
                repair_recording(made.base());
            } catch (const memlane::error& e) {
                EXPECT_EQ(e.code().value(), EFBIG) << e.what();
                failed_once = true;
            }
        }
        repair(made);
        EXPECT_THAT(frames_of(made), ElementsAre(100, 102, 103, 104, 105, 106));
    }
    EXPECT_TRUE(failed_once);
}

} // namespace
