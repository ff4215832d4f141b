// SPDX-License-Identifier: LGPL-2.1-or-later
#include "finding_list.hpp"

#include <array>
#include <utility>

namespace memlane {

namespace {

constexpr std::array names = {
    std::pair(finding_kind::in_progress, std::string_view("in_progress")),
    std::pair(finding_kind::time_went_back, std::string_view("time_went_back")),
    std::pair(finding_kind::unfinished, std::string_view("unfinished")),
    std::pair(finding_kind::json_missing, std::string_view("json_missing")),
    std::pair(finding_kind::json_damaged, std::string_view("json_damaged")),
    std::pair(finding_kind::json_differs, std::string_view("json_differs")),
    std::pair(finding_kind::index_missing, std::string_view("index_missing")),
    std::pair(finding_kind::index_damaged, std::string_view("index_damaged")),
    std::pair(finding_kind::index_cut, std::string_view("index_cut")),
    std::pair(finding_kind::other_recording, std::string_view("other_recording")),
    std::pair(finding_kind::record_damaged, std::string_view("record_damaged")),
    std::pair(finding_kind::out_of_order, std::string_view("out_of_order")),
    std::pair(finding_kind::raw_missing, std::string_view("raw_missing")),
    std::pair(finding_kind::raw_short, std::string_view("raw_short")),
    std::pair(finding_kind::raw_long, std::string_view("raw_long")),
    std::pair(finding_kind::unreadable, std::string_view("unreadable")),
    std::pair(finding_kind::stamp_missing, std::string_view("stamp_missing")),
    std::pair(finding_kind::stamp_other, std::string_view("stamp_other")),
    std::pair(finding_kind::stamp_damaged, std::string_view("stamp_damaged")),
};

} // namespace

std::string_view to_string(finding_kind kind) noexcept
{
    for (const auto& [each, name] : names) {
        if (each == kind) {
            return name;
        }
    }
    return "unknown";
}

bool is_note(finding_kind kind) noexcept
{
    return kind == finding_kind::in_progress || kind == finding_kind::time_went_back;
}

namespace detail {

void finding_list::add(finding_kind kind, const std::string& path, std::string text)
{
    list({.kind = kind, .path = path, .text = std::move(text)});
}

void finding_list::add(finding_kind kind, const std::string& path, std::uint64_t record,
                       std::optional<std::uint64_t> sequence, std::string text)
{
    if (last_ && last_->kind == kind && last_->path == path &&
        *last_->record + last_->records == record) {
        ++last_->records;
        if (last_is_listed_) {
            result_.findings.back().records = last_->records;
        }
        return;
    }
    finding next = {.kind = kind,
                    .path = path,
                    .record = record,
                    .sequence = sequence,
                    .records = 1,
                    .text = std::move(text)};
    list(finding(next));
    last_ = std::move(next);
    last_is_listed_ = result_.more == 0;
}

void finding_list::list(finding&& next)
{
    last_.reset();
    result_.wrong += is_note(next.kind) ? 0U : 1U;
    if (result_.findings.size() < most_) {
        result_.findings.push_back(std::move(next));
    } else {
        ++result_.more;
    }
}

} // namespace detail

} // namespace memlane
