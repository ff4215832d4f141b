// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_survey.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "memlane/error.hpp"

namespace memlane::detail {

recording_survey::recording_survey(std::string base, index_reader& index,
                                   const index_header& header, const check_options& options)
    : base_(std::move(base)), index_(index), header_(header), rules_(header),
      bytes_(base_, header, options.data, false), watch_(options, base_, index)
{
}

void recording_survey::run()
{
    index_.seek(0);
    for (auto bytes = index_.next(); !bytes.empty(); bytes = index_.next()) {
        if (const auto record = keepable(bytes)) {
            keep(*record);
        } else {
            ++lost_;
            rules_.skip();
        }
        watch_.step(index_, rules_.last());
    }
}

/** @return the record, if its frame is whole and behind those that are kept. */
std::optional<index_record> recording_survey::keepable(std::span<const std::byte> bytes)
{
    if (bytes.size() != index_record_bytes) {
        return std::nullopt;
    }
    const auto record = decode_record(bytes.first<index_record_bytes>(), header_.id);
    if (!record) {
        return std::nullopt;
    }
    const std::uint32_t before = rules_.last() ? rules_.last()->file : 0;
    if (record->file > before && record->file - before > (rules_.last() ? 1U : 0U)) {
        if (!bytes_.examine(*record)) {
            refuse_hole(*record);
        }
        return std::nullopt;
    }
    const auto breach = rules_.examine(*record);
    if (breach && breach->kind != breach_kind::gap) {
        return std::nullopt;
    }
    return bytes_.examine(*record) ? std::nullopt : record;
}

/** Cutting there would take frames away that are whole. */
void recording_survey::refuse_hole(const index_record& next) const
{
    const std::uint32_t hole = rules_.last() ? rules_.last()->file + 1 : 0;
    const bool there = raw_size(base_, hole).has_value();
    throw_error(there ? EBADMSG : ENOENT, "repair", "recording", base_,
                fmt::format("{} {}, and there are frames behind it in {}; nothing was changed",
                            raw_path(base_, hole), there ? "holds no whole frame" : "is missing",
                            raw_path(base_, next.file)));
}

void recording_survey::keep(index_record record)
{
    const auto& last = rules_.last();
    bool differs = index_.position() - 1 != totals_.frames;
    if (last && record.what.dropped != missing_between(*last, record)) {
        record.what.dropped = missing_between(*last, record);
        differs = true;
    }
    if (differs && !rewritten_) {
        rewritten_.emplace(base_, index_.fd(), offset_of_record(totals_.frames));
    }
    if (rewritten_) {
        rewritten_->add(encode(record, header_.id));
    }
    add_to(totals_, record);
    ends_.resize(record.file + std::size_t{1});
    ends_.back() = record.offset_bytes + record.what.length_bytes;
    rules_.take(record);
}

} // namespace memlane::detail
