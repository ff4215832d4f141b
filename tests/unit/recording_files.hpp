// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Recordings as the recorder leaves them, and damage to them.
#ifndef MEMLANE_TESTS_UNIT_RECORDING_FILES_HPP
#define MEMLANE_TESTS_UNIT_RECORDING_FILES_HPP

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "memlane/frame_stamp.hpp"
#include "memlane/pattern.hpp"
#include "recording_meta.hpp"
#include "scratch_dir.hpp"

namespace recordings {

using memlane::frame;
using memlane::recording_info;
using memlane::recording_state;
using memlane::detail::index_record;

inline constexpr std::uint32_t block = 512; // more frames in a small file
inline constexpr std::uint32_t slot = 4096;

/// What to record.
struct shape {
    std::size_t frames = 8;
    std::size_t frames_a_file = 1000; ///< behind so many, another raw file
    std::uint64_t first_sequence = 100;
    bool stamped = true;
    bool finished = true; ///< else it was cut off: files preallocated, JSON of its start
    /// Changes what is told of a frame, by its number; before it is stamped.
    std::function<void(std::size_t number, index_record& record)> change = {};
    std::optional<memlane::recorded_picture> picture = {};
};

/// @return the bytes of a file, or none.
inline std::string content(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::string& path, const std::string& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Flips the lowest bit of a byte.
inline void damage(const std::string& path, std::size_t offset)
{
    std::string bytes = content(path);
    bytes.at(offset) = static_cast<char>(bytes[offset] ^ 1);
    put(path, bytes);
}

inline void cut(const std::string& path, std::size_t length)
{
    std::filesystem::resize_file(path, length);
}

/// @return where record @p number is in the index.
inline std::size_t place_of(std::size_t number)
{
    return memlane::detail::index_header_bytes + number * memlane::detail::index_record_bytes;
}

/// A recording in a folder of its own.
class files final {
public:
    explicit files(const shape& as = {}) { record(as); }

    [[nodiscard]] const std::string& base() const { return base_; }
    [[nodiscard]] std::string raw(std::uint32_t file = 0) const
    {
        return memlane::detail::raw_path(base_, file);
    }
    [[nodiscard]] std::string index() const { return base_ + ".index"; }
    [[nodiscard]] std::string json() const { return base_ + ".json"; }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }

    /// What the index tells, as it was recorded.
    [[nodiscard]] const std::vector<index_record>& records() const { return records_; }
    [[nodiscard]] const recording_info& info() const { return info_; }
    [[nodiscard]] const memlane::detail::index_header& header() const { return header_; }

    /// @return the bytes of a frame, by its sequence, as they were recorded.
    [[nodiscard]] const std::string& bytes_of(std::uint64_t sequence) const
    {
        return bytes_.at(sequence);
    }

    /// @return all files by name, to compare with later.
    [[nodiscard]] std::map<std::string, std::string> all() const
    {
        std::map<std::string, std::string> found;
        for (const auto& each : std::filesystem::directory_iterator(folder_.file(""))) {
            found[each.path().filename()] = content(each.path());
        }
        return found;
    }

    /// Makes the files be what all() returned.
    void restore(const std::map<std::string, std::string>& saved) const
    {
        for (const auto& each : std::filesystem::directory_iterator(folder_.file(""))) {
            std::filesystem::remove(each.path());
        }
        for (const auto& [name, bytes] : saved) {
            put(folder_.file(name), bytes);
        }
    }

    /// Writes records that say what they like, with sums that are right.
    void put_records(const std::vector<index_record>& records) const
    {
        std::string text = text_of(memlane::detail::encode(header_));
        for (const index_record& each : records) {
            text += text_of(memlane::detail::encode(each, header_.id));
        }
        put(index(), text);
    }

private:
    template <typename Bytes>
    static std::string text_of(const Bytes& bytes)
    {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    static std::uint64_t padded(std::uint64_t length)
    {
        return (length + block - 1) / block * block;
    }

    std::string make_frame(const index_record& record)
    {
        std::vector<std::byte> bytes(record.what.length_bytes);
        memlane::fill_pattern(bytes, record.what.sequence);
        if ((record.what.flags & memlane::frame_flag::stamped) != 0) {
            memlane::stamp_frame(bytes, record.what.sequence);
        }
        bytes_[record.what.sequence] = text_of(bytes);
        return bytes_[record.what.sequence];
    }

    [[nodiscard]] index_record make_record(const shape& as, std::size_t number) const
    {
        const auto file = static_cast<std::uint32_t>(number / as.frames_a_file);
        const bool first = records_.empty() || records_.back().file != file;
        index_record record = {
            .what = {.sequence =
                         records_.empty() ? as.first_sequence : records_.back().what.sequence + 1,
                     .timestamp = std::chrono::milliseconds(1000 + 20 * number),
                     .length_bytes = static_cast<std::uint32_t>(700 + 100 * (number % 5)),
                     .flags = as.stamped ? memlane::frame_flag::stamped : 0},
            .file = file,
            .offset_bytes =
                first ? 0
                      : padded(records_.back().offset_bytes + records_.back().what.length_bytes)};
        if (as.change) {
            as.change(number, record);
            record.what.sequence += record.what.dropped;
        }
        return record;
    }

    void record(const shape& as)
    {
        header_ = {.id = memlane::detail::make_recording_id(),
                   .created_ns = 1'795'629'600'000'000'000,
                   .block_bytes = block,
                   .slot_bytes = slot,
                   .rotate_bytes = 0};
        std::map<std::uint32_t, std::string> raws = {{0, ""}};
        for (std::size_t number = 0; number < as.frames; ++number) {
            records_.push_back(make_record(as, number));
            const index_record& record = records_.back();
            std::string& raw = raws[record.file];
            raw.resize(record.offset_bytes);
            raw += make_frame(record);
            raw.resize(padded(raw.size()));
        }
        put_records(records_);
        for (auto& [file, raw] : raws) {
            if (!as.finished && file == raws.rbegin()->first) {
                raw.resize(raw.size() + std::size_t{64} * block); // allocated in advance
            }
            put(memlane::detail::raw_path(base_, file), raw);
        }
        put_json(as);
    }

    void put_json(const shape& as)
    {
        info_ = {.id = memlane::detail::to_hex(header_.id),
                 .source = "memlane:test",
                 .created = "2026-11-25T18:00:00Z",
                 .state = as.finished ? recording_state::complete : recording_state::recording,
                 .block_bytes = block,
                 .slot_bytes = slot,
                 .picture = as.picture};
        if (as.finished) {
            info_.totals = totals();
            info_.end = "the source ended";
        }
        memlane::detail::write_meta(base_, info_, false);
    }

    [[nodiscard]] memlane::recording_totals totals() const
    {
        memlane::recording_totals sum = {.frames = records_.size()};
        for (const index_record& each : records_) {
            sum.bytes += each.what.length_bytes;
            sum.errors += each.what.flags & memlane::frame_flag::error;
        }
        if (!records_.empty()) {
            sum.first_sequence = records_.front().what.sequence;
            sum.last_sequence = records_.back().what.sequence;
            sum.first_timestamp = records_.front().what.timestamp;
            sum.last_timestamp = records_.back().what.timestamp;
            sum.dropped = sum.last_sequence - sum.first_sequence + 1 - sum.frames;
            sum.files = records_.back().file + 1;
        }
        return sum;
    }

    guest::scratch_dir folder_;
    std::string base_ = folder_.file("out");
    memlane::detail::index_header header_ = {};
    recording_info info_;
    std::vector<index_record> records_;
    std::map<std::uint64_t, std::string> bytes_;
};

} // namespace recordings

#endif
