// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/recording_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <variant>

#include "finding_list.hpp"
#include "index_reader.hpp"
#include "memlane/error.hpp"
#include "memlane/recording.hpp"
#include "recorded_bytes.hpp"
#include "recording_meta.hpp"
#include "recording_rules.hpp"
#include "scan_watch.hpp"
#include "sysfs.hpp"

namespace memlane {

using namespace detail;

namespace {

bool is_zero(std::span<const std::byte> bytes)
{
    return std::ranges::all_of(bytes, [](std::byte each) { return each == std::byte{}; });
}

class recording_checker final {
public:
    recording_checker(const std::string& path, const check_options& options)
        : options_(options), base_(recording_base(path)), found_(result_, options.most_findings)
    {
        result_.base = base_;
    }

    check_result run()
    {
        read_json();
        open_index();
        if (index_) {
            check_header();
        }
        if (header_) {
            check_frames();
        }
        return std::move(result_);
    }

private:
    void read_json();
    void open_index();
    void check_header();
    void check_state();
    void check_frames();
    bool check_record(std::span<const std::byte> bytes, std::uint64_t number);
    bool add_no_record(std::span<const std::byte> bytes, std::uint64_t number);
    void check_order(const index_record& record, std::uint64_t number);
    void check_bytes(const index_record& record, std::uint64_t number);
    void check_time(const index_record& record, std::uint64_t number);
    void check_totals();
    void check_ends();
    void check_end_of(std::uint32_t file, std::uint64_t end);

    [[nodiscard]] bool has_ended() const
    {
        return result_.info && result_.info->state != recording_state::recording;
    }

    const check_options& options_;
    std::string base_;
    check_result result_;
    finding_list found_;
    std::optional<index_reader> index_;
    std::optional<index_header> header_;
    std::optional<record_rules> rules_;
    std::optional<recorded_bytes> bytes_;
    std::optional<scan_watch> watch_;
    bool in_progress_ = false;
    bool same_ = true;     // the index and the JSON are of one recording
    bool complete_ = true; // no record is missing or damaged
    std::uint64_t times_back_ = 0;
};

void recording_checker::read_json()
{
    result_.info.reset();
    try {
        auto found = look_at_meta(base_);
        if (auto* const info = std::get_if<recording_info>(&found)) {
            result_.info = std::move(*info);
        } else {
            found_.add(finding_kind::json_damaged, json_path(base_), std::get<std::string>(found));
        }
    } catch (const error& e) {
        if (e.code().value() != ENOENT) {
            throw;
        }
        found_.add(finding_kind::json_missing, json_path(base_), "the file is missing");
    }
}

void recording_checker::open_index()
{
    try {
        index_.emplace(base_);
    } catch (const error& e) {
        const int errnum = e.code().value();
        if (errnum == EBADMSG) {
            found_.add(finding_kind::index_damaged, index_path(base_), "it is no regular file");
            return;
        }
        if (errnum != ENOENT) {
            throw;
        }
        if (!exists(json_path(base_))) {
            throw_error(
                ENOENT, "open", "recording", base_,
                fmt::format("there is neither {} nor {}", index_path(base_), json_path(base_)));
        }
        found_.add(finding_kind::index_missing, index_path(base_),
                   "the file is missing, without which the frames cannot be told apart");
    }
}

void recording_checker::check_header()
{
    header_ = index_->header();
    check_state();
    if (!header_) {
        const bool cut = index_->size_bytes() < index_header_bytes;
        found_.add(finding_kind::index_damaged, index_->path(),
                   cut ? "it is shorter than its header" : "its header is damaged");
        return;
    }
    if (!result_.info) {
        return;
    }
    if (to_hex(header_->id) != result_.info->id) {
        same_ = false;
        found_.add(finding_kind::other_recording, index_->path(),
                   fmt::format("its id is {}, that in {} is {}", to_hex(header_->id),
                               json_path(base_), result_.info->id));
        return;
    }
    if (const std::string text = difference(*header_, *result_.info); !text.empty()) {
        found_.add(finding_kind::json_differs, json_path(base_), text);
    }
}

void recording_checker::check_state()
{
    if (has_ended()) {
        return;
    }
    in_progress_ = index_->is_in_use();
    if (in_progress_) {
        found_.add(finding_kind::in_progress, base_, "it is being recorded right now");
        return;
    }
    if (!result_.info) {
        return;
    }
    // Between the two looks it may have come to its end.
    read_json();
    if (result_.info && !has_ended()) {
        found_.add(finding_kind::unfinished, json_path(base_),
                   "it was cut off; repair makes it a recording up to its last whole frame");
    }
}

void recording_checker::check_frames()
{
    rules_.emplace(*header_);
    bytes_.emplace(base_, *header_, options_.data, in_progress_);
    watch_.emplace(options_, base_, *index_);
    for (;;) {
        const std::uint64_t number = index_->position();
        const auto bytes = index_->next();
        if (bytes.empty() || !check_record(bytes, number)) {
            break;
        }
        watch_->step(*index_, rules_->last());
    }
    result_.verified = bytes_->verified();
    if (has_ended() && same_) {
        check_totals();
        check_ends();
    }
}

/** @return whether there may be another one behind it. */
bool recording_checker::check_record(std::span<const std::byte> bytes, std::uint64_t number)
{
    const auto record = bytes.size() == index_record_bytes
                            ? decode_record(bytes.first<index_record_bytes>(), header_->id)
                            : std::nullopt;
    if (!record) {
        // The last one may be half written.
        return !in_progress_ && add_no_record(bytes, number);
    }
    add_to(result_.totals, *record);
    check_order(*record, number);
    return true;
}

bool recording_checker::add_no_record(std::span<const std::byte> bytes, std::uint64_t number)
{
    complete_ = false;
    rules_->skip();
    if (bytes.size() < index_record_bytes) {
        found_.add(finding_kind::index_cut, index_->path(), number, std::nullopt,
                   fmt::format("it ends {} bytes into a record", bytes.size()));
        return false;
    }
    if (is_zero(bytes)) {
        found_.add(finding_kind::index_cut, index_->path(), number, std::nullopt,
                   "there are zeros in place of a record");
    } else {
        found_.add(finding_kind::record_damaged, index_->path(), number, std::nullopt,
                   "the record is damaged, or of another recording");
    }
    return true;
}

void recording_checker::check_order(const index_record& record, std::uint64_t number)
{
    const auto breach = rules_->examine(record);
    if (breach) {
        complete_ = false;
        found_.add(finding_kind::out_of_order, index_->path(), number, record.what.sequence,
                   breach->text);
        if (breach->kind != breach_kind::gap) {
            rules_->skip();
            return;
        }
    }
    check_time(record, number);
    check_bytes(record, number);
    const auto& last = rules_->last();
    if (has_ended() && same_ && last && last->file != record.file) {
        check_end_of(last->file, last->offset_bytes + last->what.length_bytes);
    }
    rules_->take(record);
}

void recording_checker::check_time(const index_record& record, std::uint64_t number)
{
    const auto& last = rules_->last();
    if (last && record.what.timestamp < last->what.timestamp && times_back_++ == 0) {
        found_.add(finding_kind::time_went_back, index_->path(), number, record.what.sequence,
                   fmt::format("the frame is {} ns older than the one in front of it",
                               static_cast<std::uint64_t>(last->what.timestamp.count()) -
                                   static_cast<std::uint64_t>(record.what.timestamp.count())));
    }
}

void recording_checker::check_bytes(const index_record& record, std::uint64_t number)
{
    if (auto fault = bytes_->examine(record)) {
        found_.add(fault->kind, raw_path(base_, record.file), number, record.what.sequence,
                   std::move(fault->text));
    }
}

void recording_checker::check_totals()
{
    const std::uint64_t records = index_->position();
    const recording_totals& told = result_.info->totals;
    if (records < told.frames) {
        complete_ = false;
        found_.add(finding_kind::index_cut, index_->path(),
                   fmt::format("it holds {} records, but {} tells of {} frames", records,
                               json_path(base_), told.frames));
        return;
    }
    if (const std::string text = difference(result_.totals, told); complete_ && !text.empty()) {
        found_.add(finding_kind::json_differs, json_path(base_), text);
    }
}

void recording_checker::check_ends()
{
    const auto& last = rules_->last();
    const std::uint32_t file = last ? last->file : 0;
    check_end_of(file, last ? last->offset_bytes + last->what.length_bytes : 0);
    const std::uint32_t behind = file + 1;
    if (complete_ && behind != 0 && raw_size(base_, behind)) {
        found_.add(finding_kind::raw_long, raw_path(base_, behind),
                   "the index knows no frame in it");
    }
}

void recording_checker::check_end_of(std::uint32_t file, std::uint64_t end)
{
    const auto size = raw_size(base_, file);
    // Behind frames that nobody knows of there is more, of course.
    if (complete_ && size && *size > round_up(end, header_->block_bytes)) {
        found_.add(
            finding_kind::raw_long, raw_path(base_, file),
            fmt::format("{} bytes are behind the end of its last frame, {}", *size - end, end));
    }
}

} // namespace

check_result check_recording(const std::string& path, const check_options& options)
{
    return recording_checker(path, options).run();
}

} // namespace memlane
