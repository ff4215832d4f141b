// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/recording_check.hpp"

#include <cerrno>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "memlane/error.hpp"
#include "recording_files.hpp"

namespace {

using memlane::check_recording;
using memlane::check_result;
using memlane::finding;
using memlane::finding_kind;
using recordings::content;
using recordings::cut;
using recordings::damage;
using recordings::files;
using recordings::place_of;
using recordings::put;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<finding_kind> kinds(const check_result& result)
{
    std::vector<finding_kind> found;
    for (const finding& each : result.findings) {
        found.push_back(each.kind);
    }
    return found;
}

/** Expects exactly one finding. @return it */
finding only(const check_result& result, finding_kind kind, const std::string& path)
{
    EXPECT_THAT(kinds(result), ElementsAre(kind));
    EXPECT_EQ(result.wrong, is_note(kind) ? 0U : 1U);
    if (result.findings.empty()) {
        return {.kind = kind, .path = {}, .text = {}};
    }
    EXPECT_EQ(result.findings[0].path, path);
    return result.findings[0];
}

TEST(RecordingCheck, finds_nothing_wrong_with_what_is_right)
{
    for (const std::size_t frames : {0U, 1U, 8U, 200U}) {
        for (const std::size_t frames_a_file : {1U, 3U, 1000U}) {
            const files made({.frames = frames, .frames_a_file = frames_a_file});
            const check_result result = check_recording(made.base());
            EXPECT_THAT(result.findings, IsEmpty()) << result.findings[0].text;
            EXPECT_TRUE(result.good());
            EXPECT_EQ(result.base, made.base());
            EXPECT_EQ(result.info, made.info());
            EXPECT_EQ(result.totals, made.info().totals);
            EXPECT_EQ(result.verified, frames);
        }
    }
}

TEST(RecordingCheck, a_raw_file_may_end_with_its_last_frame_or_with_the_block)
{
    const files made;
    const auto& last = made.records().back();
    cut(made.raw(), last.offset_bytes + last.what.length_bytes);
    EXPECT_THAT(check_recording(made.base()).findings, IsEmpty());
}

TEST(RecordingCheck, counts_what_the_producer_dropped_and_called_damaged)
{
    const files made({.change = [](std::size_t number, auto& it) {
        it.what.dropped = number % 3;
        it.what.flags |= number == 2 ? memlane::frame_flag::error : 0;
    }});
    const check_result result = check_recording(made.base());
    EXPECT_TRUE(result.good());
    EXPECT_EQ(result.totals.dropped, 7U);
    EXPECT_EQ(result.totals.errors, 1U);
    EXPECT_EQ(result.totals.last_sequence, 114U);
}

TEST(RecordingCheck, frames_without_a_stamp_are_not_read)
{
    const files made({.stamped = false});
    damage(made.raw(), 100);
    const check_result result = check_recording(made.base());
    EXPECT_TRUE(result.good());
    EXPECT_EQ(result.verified, 0U);
}

TEST(RecordingCheck, reads_no_frame_when_told_so)
{
    const files made;
    damage(made.raw(), 100);
    EXPECT_FALSE(check_recording(made.base()).good());
    const check_result result = check_recording(made.base(), {.data = false});
    EXPECT_TRUE(result.good());
    EXPECT_EQ(result.verified, 0U);
}

TEST(RecordingCheck, tells_a_frame_that_was_changed)
{
    const files made;
    damage(made.raw(), made.records()[3].offset_bytes + 500);
    const finding found =
        only(check_recording(made.base()), finding_kind::stamp_damaged, made.raw());
    EXPECT_EQ(found.record, 3U);
    EXPECT_EQ(found.sequence, 103U);
    EXPECT_EQ(found.records, 1U);
}

TEST(RecordingCheck, tells_a_frame_without_its_stamp_or_with_that_of_another)
{
    const files made({.change = [](std::size_t, auto& it) { it.what.length_bytes = 512; }});
    damage(made.raw(), made.records()[3].offset_bytes);
    only(check_recording(made.base()), finding_kind::stamp_missing, made.raw());

    std::string raw = content(made.raw());
    raw.replace(made.records()[3].offset_bytes, 512, made.bytes_of(104));
    put(made.raw(), raw);
    const check_result result = check_recording(made.base());
    EXPECT_EQ(only(result, finding_kind::stamp_other, made.raw()).sequence, 103U);
    EXPECT_EQ(result.verified, 7U);
}

TEST(RecordingCheck, tells_a_record_whose_bits_flipped)
{
    const files made;
    damage(made.index(), place_of(3) + 11);
    const finding found =
        only(check_recording(made.base()), finding_kind::record_damaged, made.index());
    EXPECT_EQ(found.record, 3U);
    EXPECT_EQ(found.sequence, std::nullopt);
}

TEST(RecordingCheck, tells_an_index_whose_header_is_damaged_or_cut)
{
    const files made;
    damage(made.index(), 40);
    EXPECT_THAT(only(check_recording(made.base()), finding_kind::index_damaged, made.index()).text,
                HasSubstr("its header is damaged"));
    for (const std::size_t length : {0U, 1U, 63U}) {
        cut(made.index(), length);
        EXPECT_THAT(
            only(check_recording(made.base()), finding_kind::index_damaged, made.index()).text,
            HasSubstr("shorter than its header"));
    }
}

TEST(RecordingCheck, tells_an_index_that_was_cut_anywhere)
{
    const files made;
    const std::string whole = content(made.index());
    for (std::size_t length = place_of(0); length < whole.size(); ++length) {
        put(made.index(), whole.substr(0, length));
        const check_result result = check_recording(made.base());
        const std::size_t whole_records = (length - place_of(0)) / 48;
        EXPECT_FALSE(result.good()) << length;
        EXPECT_THAT(kinds(result), testing::Each(finding_kind::index_cut)) << length;
        EXPECT_EQ(result.totals.frames, whole_records);
    }
}

TEST(RecordingCheck, tells_zeros_where_records_should_be)
{
    const files made;
    cut(made.index(), place_of(5));
    cut(made.index(), place_of(8));
    const finding found = only(check_recording(made.base()), finding_kind::index_cut, made.index());
    EXPECT_EQ(found.record, 5U);
    EXPECT_EQ(found.records, 3U) << "they are one finding";
}

TEST(RecordingCheck, tells_an_index_of_another_recording)
{
    const files made;
    const files other;
    put(made.index(), content(other.index()));
    const finding found =
        only(check_recording(made.base()), finding_kind::other_recording, made.index());
    EXPECT_THAT(found.text, HasSubstr(other.info().id));
    EXPECT_THAT(found.text, HasSubstr(made.info().id));
}

TEST(RecordingCheck, tells_records_of_another_recording)
{
    const files made;
    const files other;
    put(made.index(),
        content(made.index()).substr(0, place_of(0)) + content(other.index()).substr(place_of(0)));
    EXPECT_EQ(
        only(check_recording(made.base()), finding_kind::record_damaged, made.index()).records, 8U);
}

TEST(RecordingCheck, tells_a_missing_index)
{
    const files made;
    std::filesystem::remove(made.index());
    only(check_recording(made.base()), finding_kind::index_missing, made.index());
    std::filesystem::create_directory(made.index());
    only(check_recording(made.base()), finding_kind::index_damaged, made.index());
}

TEST(RecordingCheck, tells_a_json_that_is_missing_cut_or_damaged)
{
    const files made;
    const std::string whole = content(made.json());
    for (std::size_t length = 0; length + 1 < whole.size(); length += 7) {
        put(made.json(), whole.substr(0, length));
        const check_result result = check_recording(made.base());
        EXPECT_THAT(only(result, finding_kind::json_damaged, made.json()).text,
                    HasSubstr(length == 0 ? "empty" : "cut off"));
        EXPECT_EQ(result.info, std::nullopt);
        EXPECT_EQ(result.verified, 8U) << "the frames are looked at in any case";
    }
    put(made.json(), "\x01" + whole);
    only(check_recording(made.base()), finding_kind::json_damaged, made.json());
    std::filesystem::remove(made.json());
    only(check_recording(made.base()), finding_kind::json_missing, made.json());
}

TEST(RecordingCheck, tells_each_total_that_the_json_has_wrong)
{
    const files made({.frames_a_file = 5});
    const auto with = [&](auto change) {
        memlane::recording_info info = made.info();
        change(info);
        memlane::detail::write_meta(made.base(), info, false);
        return only(check_recording(made.base()), finding_kind::json_differs, made.json()).text;
    };
    EXPECT_EQ(with([](auto& it) { it.totals.frames -= 1; }), "frames 7 there, 8 in the index");
    EXPECT_THAT(with([](auto& it) { ++it.totals.bytes; }), HasSubstr("bytes "));
    EXPECT_THAT(with([](auto& it) { ++it.totals.dropped; }), HasSubstr("dropped 1 there, 0 in"));
    EXPECT_THAT(with([](auto& it) { ++it.totals.errors; }), HasSubstr("errors 1 there, 0 in"));
    EXPECT_THAT(with([](auto& it) { ++it.totals.first_sequence; }), HasSubstr("first_sequence "));
    EXPECT_THAT(with([](auto& it) { ++it.totals.last_sequence; }), HasSubstr("last_sequence "));
    EXPECT_THAT(with([](auto& it) { ++it.totals.first_timestamp; }), HasSubstr("first_timestamp"));
    EXPECT_THAT(with([](auto& it) { ++it.totals.last_timestamp; }), HasSubstr("last_timestamp"));
    EXPECT_THAT(with([](auto& it) { ++it.totals.files; }), HasSubstr("files 3 there, 2 in"));
    EXPECT_THAT(with([](auto& it) { ++it.block_bytes; }), HasSubstr("block_bytes 513 there, 512"));
    EXPECT_THAT(with([](auto& it) { ++it.slot_bytes; }), HasSubstr("slot_bytes "));
    EXPECT_THAT(with([](auto& it) { ++it.rotate_bytes; }), HasSubstr("rotate_bytes "));
}

TEST(RecordingCheck, tells_a_raw_file_that_is_short_at_any_block)
{
    const files made;
    const std::string whole = content(made.raw());
    for (std::size_t length = 0; length + 512 < whole.size(); length += 512) {
        put(made.raw(), whole.substr(0, length));
        const check_result result = check_recording(made.base());
        const finding found = only(result, finding_kind::raw_short, made.raw());
        EXPECT_EQ(found.records + result.verified, 8U);
        EXPECT_EQ(found.record, result.verified);
    }
}

TEST(RecordingCheck, tells_a_raw_file_that_is_missing_or_none)
{
    const files made({.frames_a_file = 3});
    std::filesystem::remove(made.raw(1));
    const finding found =
        only(check_recording(made.base()), finding_kind::raw_missing, made.raw(1));
    EXPECT_EQ(found.record, 3U);
    EXPECT_EQ(found.records, 3U);
    std::filesystem::create_directory(made.raw(1));
    EXPECT_THAT(only(check_recording(made.base()), finding_kind::raw_missing, made.raw(1)).text,
                HasSubstr("no regular file"));
    std::filesystem::remove(made.raw(1));
    ASSERT_EQ(::mkfifo(made.raw(1).c_str(), 0600), 0);
    only(check_recording(made.base()), finding_kind::raw_missing, made.raw(1));
}

TEST(RecordingCheck, tells_bytes_behind_the_last_frame_and_files_behind_the_last)
{
    const files made({.frames_a_file = 3});
    for (const std::uint32_t file : {0U, 1U, 2U}) {
        const std::string whole = content(made.raw(file));
        put(made.raw(file), whole + "x");
        only(check_recording(made.base()), finding_kind::raw_long, made.raw(file));
        put(made.raw(file), whole);
    }
    put(made.raw(3), "");
    only(check_recording(made.base()), finding_kind::raw_long, made.raw(3));
}

/** Records that say what they like, with sums that are right. */
class RecordingOrder : public testing::Test {
protected:
    using records = std::vector<memlane::detail::index_record>;

    [[nodiscard]] finding found_in(const std::function<void(records&)>& change) const
    {
        records changed = made_.records();
        change(changed);
        made_.put_records(changed);
        return only(check_recording(made_.base(), {.data = false}), finding_kind::out_of_order,
                    made_.index());
    }

    files made_ = files({.frames_a_file = 4});
};

TEST_F(RecordingOrder, sequences_rise)
{
    EXPECT_THAT(found_in([](records& it) { it[3].what.sequence = 102; }).text,
                HasSubstr("it comes behind frame 102"));
    EXPECT_EQ(found_in([](records& it) { it[3].what.sequence = 0; }).record, 3U);
    EXPECT_EQ(found_in([](records& it) { it[7].what.sequence = 1; }).sequence, 1U);
}

TEST_F(RecordingOrder, dropped_frames_are_those_between_the_sequences)
{
    const auto check_tail = [&](std::uint64_t dropped) {
        return found_in([&](records& it) { it[7].what.dropped = dropped; }).text;
    };
    EXPECT_THAT(check_tail(1),
                HasSubstr("it tells of 1 missing frames, but comes behind frame 106"));
    EXPECT_THAT(check_tail(~std::uint64_t{}), HasSubstr("missing frames"));
}

TEST_F(RecordingOrder, offsets_are_multiples_of_the_block_and_do_not_overlap)
{
    EXPECT_THAT(found_in([](records& it) { ++it[7].offset_bytes; }).text,
                HasSubstr("no multiple of 512"));
    EXPECT_THAT(found_in([](records& it) { it[2].offset_bytes -= 512; }).text,
                HasSubstr("is inside the frame in front of it"));
    EXPECT_THAT(found_in([](records& it) { it[3].offset_bytes = 0; }).text,
                HasSubstr("is inside the frame in front of it"));
    EXPECT_THAT(found_in([](records& it) { it[7].offset_bytes = ~std::uint64_t{511}; }).text,
                HasSubstr("beyond any file"));
}

TEST_F(RecordingOrder, no_frame_is_longer_than_a_slot)
{
    EXPECT_THAT(found_in([](records& it) { it[7].what.length_bytes = 4097; }).text,
                HasSubstr("4097 bytes are more than a slot's 4096"));
}

TEST_F(RecordingOrder, raw_files_come_one_behind_the_other)
{
    EXPECT_THAT(found_in([](records& it) { it[7].file = 3; }).text,
                HasSubstr("it is in raw file 3, behind one in 1"));
    EXPECT_THAT(found_in([](records& it) { it[7].file = 0; }).text,
                HasSubstr("it is in raw file 0, behind one in 1"));
    EXPECT_THAT(found_in([](records& it) { it[0].file = 7; }).text,
                HasSubstr("the first is in raw file 7"));
}

TEST(RecordingCheck, a_clock_that_was_set_is_a_note)
{
    const files made({.change = [](std::size_t number, auto& it) {
        it.what.timestamp -= number >= 4 ? std::chrono::seconds(9) : std::chrono::seconds(0);
    }});
    const check_result result = check_recording(made.base());
    EXPECT_EQ(only(result, finding_kind::time_went_back, made.index()).record, 4U);
    EXPECT_TRUE(result.good());
}

TEST(RecordingCheck, one_that_was_cut_off_is_unfinished)
{
    const files made({.finished = false});
    const check_result result = check_recording(made.base());
    EXPECT_THAT(only(result, finding_kind::unfinished, made.json()).text, HasSubstr("repair"));
    EXPECT_EQ(result.verified, 8U);
}

TEST(RecordingCheck, one_that_is_going_on_is_looked_at_so_far)
{
    const files made({.finished = false});
    cut(made.index(), place_of(6) + 20);
    const guest::fd recorder(::open(made.index().c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder, LOCK_EX | LOCK_NB), 0);
    const check_result result = check_recording(made.base());
    only(result, finding_kind::in_progress, made.base());
    EXPECT_TRUE(result.good());
    EXPECT_EQ(result.verified, 6U);
}

TEST(RecordingCheck, findings_are_counted_when_there_are_too_many_to_list)
{
    const files made({.frames = 50});
    for (std::size_t i = 0; i < 50; i += 2) {
        damage(made.raw(), made.records()[i].offset_bytes + 600);
    }
    const check_result result = check_recording(made.base(), {.most_findings = 10});
    EXPECT_THAT(result.findings, SizeIs(10));
    EXPECT_EQ(result.more, 15U);
    EXPECT_EQ(result.wrong, 25U);
    EXPECT_EQ(result.verified, 25U);
}

TEST(RecordingCheck, progress_ends_at_its_total)
{
    const files made({.frames_a_file = 3});
    for (const bool data : {true, false}) {
        std::vector<memlane::transfer_progress> seen;
        static_cast<void>(check_recording(
            made.base(),
            {.data = data, .progress = [&](const auto& now) { seen.push_back(now); }}));
        ASSERT_FALSE(seen.empty());
        EXPECT_GT(seen.back().done_bytes, seen.back().total_bytes * 9 / 10);
        EXPECT_LE(seen.back().done_bytes, seen.back().total_bytes);
        EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &memlane::transfer_progress::done_bytes));
    }
}

TEST(RecordingCheck, stops_when_told_to)
{
    const files made;
    const std::atomic<bool> stop = true;
    try {
        static_cast<void>(check_recording(made.base(), {.stop = &stop}));
        FAIL();
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EINTR);
    }
}

TEST(RecordingCheck, what_is_no_recording_at_all_is_an_error)
{
    const files made;
    try {
        static_cast<void>(check_recording(made.path("other")));
        FAIL();
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), ENOENT);
        EXPECT_THAT(e.what(), HasSubstr("other.index"));
        EXPECT_THAT(e.what(), HasSubstr("other.json"));
    }
}

TEST(RecordingCheck, each_byte_of_an_index_that_flips_is_found)
{
    const files made({.frames = 3});
    const std::string whole = content(made.index());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        damage(made.index(), at);
        EXPECT_FALSE(check_recording(made.base()).good()) << at;
        put(made.index(), whole);
    }
}

TEST(RecordingCheck, each_byte_of_a_frame_that_flips_is_found)
{
    const files made({.frames = 3});
    const std::string whole = content(made.raw());
    const auto& second = made.records()[1];
    for (std::size_t at = 0; at < second.what.length_bytes; ++at) {
        damage(made.raw(), second.offset_bytes + at);
        const check_result result = check_recording(made.base());
        EXPECT_EQ(result.wrong, 1U) << at;
        EXPECT_EQ(result.findings.at(0).sequence, 101U) << at;
        put(made.raw(), whole);
    }
}

TEST(RecordingCheck, kinds_of_findings_have_names_of_their_own)
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(finding_kind::stamp_damaged); ++i) {
        const std::string_view name = to_string(static_cast<finding_kind>(i));
        EXPECT_NE(name, "unknown") << i;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

} // namespace
