// SPDX-License-Identifier: GPL-2.0-or-later
#include "recording_case.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "memlane/error.hpp"
#include "memlane/frame_stamp.hpp"
#include "memlane/recording.hpp"
#include "memlane/recording_check.hpp"
#include "recording_meta.hpp"
#include "recording_rules.hpp"

namespace fuzz {

namespace {

using namespace memlane;
using namespace memlane::detail;

enum bits : unsigned {
    right_sums = 1,
    right_json = 2,
    complete = 4,
    stamps = 8,
    look_at_data = 16,
    two_files = 32,
};

using bytes = std::vector<std::byte>;

constexpr recording_id our_id = {'m', 'e', 'm', 'l', 'a', 'n', 'e', ' ',
                                 'f', 'u', 'z', 'z', ' ', 'i', 'd', '1'};
constexpr std::size_t header_size = 5;

[[noreturn]] void fail(const std::string& why)
{
    std::fprintf(stderr, "recording_case: %s\n", why.c_str());
    std::abort();
}

/** In memory where that can be had, gone with the process. */
class folder final {
public:
    folder()
    {
        path_ = std::filesystem::is_directory("/dev/shm") ? "/dev/shm/memlane-fuzz.XXXXXX"
                                                          : "/tmp/memlane-fuzz.XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) {
            fail("no folder");
        }
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string base() const { return path_ + "/out"; }

    void clear() const
    {
        for (const auto& each : std::filesystem::directory_iterator(path_)) {
            std::filesystem::remove(each.path());
        }
    }

private:
    std::string path_;
};

void put(const std::string& path, std::span<const std::byte> content)
{
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
}

std::string get(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

template <typename Number>
Number number_at(std::span<const std::byte> from, std::size_t offset)
{
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value |= static_cast<Number>(std::to_integer<Number>(from[offset + i]) << (8 * i));
    }
    return value;
}

index_header header_from(std::span<const std::byte> from)
{
    // Most numbers are no block size: small ones get further.
    return {.id = our_id,
            .created_ns = number_at<std::uint64_t>(from, 24),
            .block_bytes = number_at<std::uint32_t>(from, 32),
            .slot_bytes = number_at<std::uint32_t>(from, 36),
            .rotate_bytes = number_at<std::uint64_t>(from, 40)};
}

index_record record_from(std::span<const std::byte> from)
{
    return {.what = {.sequence = number_at<std::uint64_t>(from, 0),
                     .dropped = number_at<std::uint64_t>(from, 24),
                     .timestamp = std::chrono::nanoseconds(
                         static_cast<std::int64_t>(number_at<std::uint64_t>(from, 8))),
                     .length_bytes = number_at<std::uint32_t>(from, 32),
                     .flags = number_at<std::uint32_t>(from, 36)},
            .file = number_at<std::uint32_t>(from, 40),
            .offset_bytes = number_at<std::uint64_t>(from, 16)};
}

/** The files before anybody looks at them. */
class recording_case final {
public:
    explicit recording_case(std::span<const std::byte> input)
        : bits_(std::to_integer<unsigned>(input[0]))
    {
        const std::size_t index = number_at<std::uint16_t>(input, 1);
        const std::size_t json = number_at<std::uint16_t>(input, 3);
        input = input.subspan(header_size);
        take(input, index_, index);
        take(input, json_, json);
        take(input, raws_[0], has(two_files) ? input.size() / 2 : input.size());
        take(input, raws_[1], input.size());
        if (has(right_sums) && index_.size() >= index_header_bytes) {
            make_sums_right();
        }
    }

    void write(const std::string& base) const
    {
        put(index_path(base), index_);
        put(raw_path(base, 0), raws_[0]);
        if (has(two_files)) {
            put(raw_path(base, 1), raws_[1]);
        }
        if (has(right_json)) {
            write_meta(base, info_, false);
        } else {
            put(json_path(base), json_);
        }
    }

    [[nodiscard]] bool has(bits which) const { return (bits_ & which) != 0; }

private:
    static void take(std::span<const std::byte>& from, bytes& to, std::size_t length)
    {
        const auto part = from.first(std::min(length, from.size()));
        to.assign(part.begin(), part.end());
        from = from.subspan(part.size());
    }

    void make_sums_right()
    {
        const index_header header = header_from(index_);
        info_ = info_of(header);
        info_.state = has(complete) ? recording_state::complete : recording_state::recording;
        std::ranges::copy(encode(header), index_.begin());
        for (std::size_t at = index_header_bytes; at + index_record_bytes <= index_.size();
             at += index_record_bytes) {
            const index_record record = record_from(std::span(index_).subspan(at));
            std::ranges::copy(encode(record, our_id), index_.begin() + static_cast<long>(at));
            add_to(info_.totals, record);
            if (has(stamps)) {
                stamp(record);
            }
        }
    }

    void stamp(const index_record& record)
    {
        if (record.file > 1) {
            return;
        }
        bytes& raw = raws_[record.file];
        const std::size_t length = record.what.length_bytes;
        if (length >= frame_stamp_bytes && length <= raw.size() &&
            record.offset_bytes <= raw.size() - length) {
            stamp_frame(std::span(raw).subspan(record.offset_bytes, length), record.what.sequence);
        }
    }

    unsigned bits_;
    bytes index_;
    bytes json_;
    bytes raws_[2];
    recording_info info_ = {
        .id = to_hex(our_id), .source = "fuzz", .block_bytes = 1, .slot_bytes = 1};
};

/** Damage may be an error here. @return frames */
std::uint64_t read_all(const std::string& base)
{
    std::uint64_t frames = 0;
    recording from(base);
    while (const auto next = from.next()) {
        if (from.read(*next).size() != next->what.length_bytes) {
            fail("a frame has another length than it should");
        }
        ++frames;
    }
    return frames;
}

void try_to_read(const std::string& base)
{
    try {
        static_cast<void>(read_all(base));
    } catch (const error& e) {
        const int errnum = e.code().value();
        if (errnum != EBADMSG && errnum != ENOENT && errnum != EINVAL) {
            fail(std::string("reading: ") + e.what());
        }
    }
}

check_result look(const std::string& base, bool data)
{
    try {
        return check_recording(base, {.data = data, .most_findings = 5});
    } catch (const std::exception& e) {
        fail(std::string("checking threw: ") + e.what());
    }
}

void expect_good(const std::string& base, bool data, const repair_result& repaired)
{
    const check_result after = look(base, data);
    for (const finding& each : after.findings) {
        if (!is_note(each.kind)) {
            fail("repaired, but " + each.path + ": " + each.text);
        }
    }
    if (read_all(base) != repaired.info.totals.frames) {
        fail("repaired, but it has another count of frames than it tells of");
    }
    if (repair_recording(base, {.data = data}).changed) {
        fail("repaired twice");
    }
}

void try_to_repair(const std::string& base, bool data, bool was_good)
{
    const std::string index = get(index_path(base));
    const std::string json = get(json_path(base));
    try {
        const repair_result repaired = repair_recording(base, {.data = data});
        if (was_good && repaired.changed) {
            fail("there was nothing to repair, but it was");
        }
        expect_good(base, data, repaired);
    } catch (const error& e) {
        const int errnum = e.code().value();
        if (errnum != EBADMSG && errnum != ENOENT) {
            fail(std::string("repairing: ") + e.what());
        }
        if (get(index_path(base)) != index || get(json_path(base)) != json) {
            fail(std::string("it was changed in spite of: ") + e.what());
        }
    }
}

} // namespace

void try_recording(std::span<const std::byte> input)
{
    static const folder files;
    if (input.size() < header_size) {
        return;
    }
    files.clear();
    const recording_case made(input);
    made.write(files.base());
    const bool data = made.has(look_at_data);
    const bool good = look(files.base(), data).good();
    try_to_read(files.base());
    try_to_repair(files.base(), data, good);
}

} // namespace fuzz
