// SPDX-License-Identifier: GPL-2.0-or-later
#include "recording_meta.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits.hpp"
#include "memlane/error.hpp"
#include "scratch_dir.hpp"

namespace {

using memlane::recording_info;
using memlane::recording_state;
using memlane::detail::read_meta;
using memlane::detail::write_meta;
using nlohmann::json;
using std::chrono::nanoseconds;
using testing::AllOf;
using testing::HasSubstr;

recording_info some_info()
{
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    return {.id = "00112233445566778899aabbccddeeff",
            .source = "memlane:capture",
            .created = "2026-11-25T18:00:00Z",
            .state = recording_state::complete,
            .block_bytes = 4096,
            .slot_bytes = 4294967295,
            .rotate_bytes = most,
            .picture = memlane::recorded_picture{.size = {.width = 1920, .height = 1080},
                                                 .format = memlane::pixel_format::rgb565,
                                                 .stride_bytes = 3840,
                                                 .refresh_hz = 60},
            .totals = {.frames = most,
                       .bytes = most - 1,
                       .dropped = most - 2,
                       .errors = most - 3,
                       .first_sequence = most - 4,
                       .last_sequence = most - 5,
                       .first_timestamp = nanoseconds::min(),
                       .last_timestamp = nanoseconds::max(),
                       .files = 4294967295},
            .end = "the source \"vanished\"\n"};
}

class RecordingMeta : public testing::Test {
protected:
    [[nodiscard]] std::string path() const { return base_ + ".json"; }

    [[nodiscard]] std::string text() const
    {
        std::ifstream in(path());
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void put(const std::string& content) const { std::ofstream(path()) << content; }

    /** @return what read_meta() says of it: EBADMSG, with the file's name. */
    [[nodiscard]] std::string complaint() const
    {
        try {
            static_cast<void>(read_meta(base_));
        } catch (const memlane::error& e) {
            EXPECT_EQ(e.code().value(), EBADMSG) << e.what();
            EXPECT_THAT(e.what(), HasSubstr(path()));
            return e.what();
        }
        return "nothing";
    }

    /** @return the same after a change of one that was good. */
    [[nodiscard]] std::string complaint_of(const std::function<void(json&)>& change) const
    {
        write_meta(base_, some_info(), false);
        json document = json::parse(text());
        change(document);
        put(document.dump());
        return complaint();
    }

    guest::scratch_dir folder_;
    std::string base_ = folder_.file("out");
};

TEST_F(RecordingMeta, what_was_written_is_read_exactly)
{
    for (const bool durable : {false, true}) {
        recording_info info = some_info();
        write_meta(base_, info, durable);
        EXPECT_EQ(read_meta(base_), info);

        info.picture.reset();
        info.state = recording_state::repaired;
        info.end.clear();
        write_meta(base_, info, durable);
        EXPECT_EQ(read_meta(base_), info);
    }
    EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
}

TEST_F(RecordingMeta, a_source_that_is_not_utf8_can_be_written_and_read)
{
    recording_info info = some_info();
    info.source = "file:\xff\xfe.raw";
    write_meta(base_, info, false);
    EXPECT_THAT(read_meta(base_).source, testing::StartsWith("file:"));
}

TEST_F(RecordingMeta, keys_that_nobody_knows_are_ignored)
{
    write_meta(base_, some_info(), false);
    json document = json::parse(text());
    document["camera"] = {{"lens", 5}};
    document["totals"]["gaps"] = 7;
    put(document.dump());
    EXPECT_EQ(read_meta(base_), some_info());
}

TEST_F(RecordingMeta, a_file_that_is_cut_anywhere_is_said_to_be)
{
    write_meta(base_, some_info(), false);
    const std::string whole = text();
    put("");
    EXPECT_THAT(complaint(), HasSubstr("it is empty"));
    // Behind the last brace there is a newline, which may be missing.
    for (std::size_t length = 1; length + 1 < whole.size(); ++length) {
        put(whole.substr(0, length));
        EXPECT_THAT(complaint(), HasSubstr("it is cut off")) << length;
    }
}

TEST_F(RecordingMeta, damage_is_said_with_its_place)
{
    write_meta(base_, some_info(), false);
    std::string damaged = text();
    damaged[40] = '\x01';
    put(damaged);
    EXPECT_THAT(complaint(), HasSubstr("it is no JSON at byte 40"));
    put(std::string(500, '\0'));
    EXPECT_THAT(complaint(), HasSubstr("it is no JSON at byte 0"));
    put("[1, 2]");
    EXPECT_THAT(complaint(), HasSubstr("it is no JSON object"));
    put(std::string((1U << 20U) + 1, ' '));
    EXPECT_THAT(complaint(), HasSubstr("it is too long"));
    put(std::string(1U << 20U, '['));
    EXPECT_THAT(complaint(), HasSubstr("it is cut off"));
}

TEST_F(RecordingMeta, each_key_must_be_there)
{
    write_meta(base_, some_info(), false);
    const json whole = json::parse(text());
    const json& totals = whole["totals"];
    const json& picture = whole["picture"];
    for (const auto& [key, value] : whole.items()) {
        if (key != "picture") {
            EXPECT_THAT(complaint_of([name = key](json& it) { it.erase(name); }),
                        HasSubstr("'" + key + "' is missing"));
        }
    }
    for (const auto& [key, value] : totals.items()) {
        EXPECT_THAT(complaint_of([name = key](json& it) { it["totals"].erase(name); }),
                    HasSubstr("'totals." + key + "' is missing"));
    }
    for (const auto& [key, value] : picture.items()) {
        EXPECT_THAT(complaint_of([name = key](json& it) { it["picture"].erase(name); }),
                    HasSubstr("'picture." + key + "' is missing"));
    }
}

TEST_F(RecordingMeta, each_value_must_be_of_its_type)
{
    write_meta(base_, some_info(), false);
    const json whole = json::parse(text());
    for (const auto& [key, value] : whole.items()) {
        for (const json& wrong : {json(nullptr), json(true), json(1.5), json::array()}) {
            EXPECT_THAT(complaint_of([&, name = key](json& it) { it[name] = wrong; }),
                        HasSubstr("'" + key + "' is "))
                << wrong;
        }
    }
}

TEST_F(RecordingMeta, values_out_of_range_are_named)
{
    const auto with = [&](const char* key, json value) {
        return complaint_of([&](json& it) { it[json::json_pointer(key)] = value; });
    };
    EXPECT_THAT(with("/schema", 2), HasSubstr("'schema' is 2, no integer from 1 to 1"));
    EXPECT_THAT(with("/kind", "movie"), HasSubstr("'kind' is 'movie', not 'memlane recording'"));
    EXPECT_THAT(with("/id", "0011"), HasSubstr("'id' is '0011', not 32 hex digits"));
    EXPECT_THAT(with("/id", std::string(32, 'G')), HasSubstr("not 32 hex digits"));
    EXPECT_THAT(with("/state", "done"), HasSubstr("'state' is 'done', which is no state"));
    EXPECT_THAT(with("/block_bytes", 0), HasSubstr("'block_bytes' is 0, no integer from 1 to "));
    EXPECT_THAT(with("/slot_bytes", 4294967296), HasSubstr("no integer from 1 to 4294967295"));
    EXPECT_THAT(with("/totals/frames", -1), HasSubstr("'totals.frames' is -1, no integer from 0"));
    EXPECT_THAT(with("/totals/files", 4294967296), HasSubstr("'totals.files'"));
    EXPECT_THAT(with("/totals/first_timestamp_ns", 9223372036854775808U),
                HasSubstr("no integer from -9223372036854775808 to 9223372036854775807"));
    EXPECT_THAT(with("/picture/width", 0), HasSubstr("'picture.width'"));
    EXPECT_THAT(with("/picture/height", 65536), HasSubstr("'picture.height'"));
    EXPECT_THAT(with("/picture/format", "cmyk"), HasSubstr("no format of pixels"));
    EXPECT_THAT(with("/picture/stride_bytes", 3839), HasSubstr("no integer from 3840"));
}

TEST_F(RecordingMeta, a_number_beyond_64_bits_is_refused)
{
    write_meta(base_, some_info(), false);
    std::string changed = text();
    const std::string most = "18446744073709551615";
    changed.replace(changed.find(most), most.size(), "18446744073709551616");
    put(changed);
    EXPECT_THAT(complaint(), HasSubstr("'rotate_bytes' is "));
    changed.replace(changed.find("1844674407370955161"), most.size(), "1e999");
    put(changed);
    EXPECT_THAT(complaint(), HasSubstr("a number in it is beyond all bounds"));
}

TEST_F(RecordingMeta, a_file_that_is_not_there_is_enoent)
{
    try {
        static_cast<void>(read_meta(base_));
        FAIL();
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), ENOENT);
        EXPECT_THAT(e.what(), HasSubstr(path()));
    }
}

TEST_F(RecordingMeta, what_is_no_file_is_not_read)
{
    std::filesystem::create_directory(path());
    EXPECT_THAT(complaint(), HasSubstr("no regular file"));
}

TEST_F(RecordingMeta, a_write_that_fails_leaves_the_old_one)
{
    write_meta(base_, some_info(), false);
    recording_info other = some_info();
    other.source = "memlane:other";
    {
        const guest::file_size_limit limit(100);
        EXPECT_THROW(write_meta(base_, other, false), memlane::error);
    }
    EXPECT_EQ(read_meta(base_), some_info());
    EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
}

TEST_F(RecordingMeta, a_moment_is_utc)
{
    using memlane::detail::format_utc;
    EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_utc(1795629600'999999999U), "2026-11-25T18:00:00Z");
    EXPECT_THAT(format_utc(std::numeric_limits<std::uint64_t>::max()),
                testing::StartsWith("2554-07-21T"));
}

} // namespace
