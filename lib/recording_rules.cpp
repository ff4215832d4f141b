// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_rules.hpp"

#include <fmt/format.h>
#include <sys/types.h>

#include <limits>
#include <utility>

#include "recording_meta.hpp"

namespace memlane::detail {

namespace {

constexpr std::uint64_t most_in_a_file = std::numeric_limits<off_t>::max();

breach bad_place(std::string text)
{
    return {.kind = breach_kind::place, .text = std::move(text)};
}

/** @return a list of differences with one more. */
template <typename Value>
void add_difference(std::string& list, const char* what, Value index, Value json)
{
    if (index != json) {
        list += fmt::format("{}{} {} there, {} in the index", list.empty() ? "" : "; ", what, json,
                            index);
    }
}

} // namespace

std::optional<breach> record_rules::examine(const index_record& next) const
{
    auto found = examine_place(next);
    return found ? found : examine_sequence(next);
}

std::optional<breach> record_rules::examine_place(const index_record& next) const
{
    const std::uint32_t length = next.what.length_bytes;
    if (length > header_.slot_bytes) {
        return bad_place(
            fmt::format("{} bytes are more than a slot's {}", length, header_.slot_bytes));
    }
    if (next.offset_bytes > most_in_a_file - length) {
        return bad_place(fmt::format("its offset {} is beyond any file", next.offset_bytes));
    }
    if (next.offset_bytes % header_.block_bytes != 0) {
        return bad_place(fmt::format("its offset {} is no multiple of {}", next.offset_bytes,
                                     header_.block_bytes));
    }
    const std::uint32_t before = last_ ? last_->file : 0;
    if (next.file < before || next.file - before > (last_ ? 1U : 0U)) {
        return bad_place(
            last_ ? fmt::format("it is in raw file {}, behind one in {}", next.file, before)
                  : fmt::format("the first is in raw file {}", next.file));
    }
    if (last_ && next.file == before &&
        next.offset_bytes < last_->offset_bytes + last_->what.length_bytes) {
        return bad_place(fmt::format("its offset {} is inside the frame in front of it, {}+{}",
                                     next.offset_bytes, last_->offset_bytes,
                                     last_->what.length_bytes));
    }
    return std::nullopt;
}

std::optional<breach> record_rules::examine_sequence(const index_record& next) const
{
    if (!last_) {
        return std::nullopt;
    }
    const std::uint64_t before = last_->what.sequence;
    if (next.what.sequence <= before) {
        return breach{.kind = breach_kind::sequence,
                      .text = fmt::format("it comes behind frame {}", before)};
    }
    if (!skipped_ && next.what.dropped != missing_between(*last_, next)) {
        return breach{.kind = breach_kind::gap,
                      .text =
                          fmt::format("it tells of {} missing frames, but comes behind frame {}",
                                      next.what.dropped, before)};
    }
    return std::nullopt;
}

std::uint64_t missing_between(const index_record& last, const index_record& next)
{
    return next.what.sequence - last.what.sequence - 1;
}

void add_to(recording_totals& totals, const index_record& next) noexcept
{
    if (totals.frames == 0) {
        totals.first_sequence = next.what.sequence;
        totals.first_timestamp = next.what.timestamp;
    } else {
        totals.dropped += next.what.dropped;
    }
    ++totals.frames;
    totals.bytes += next.what.length_bytes;
    totals.errors += (next.what.flags & frame_flag::error) != 0 ? 1U : 0U;
    totals.last_sequence = next.what.sequence;
    totals.last_timestamp = next.what.timestamp;
    totals.files = next.file + 1;
}

recording_info info_of(const index_header& header)
{
    return {.id = to_hex(header.id),
            .source = "unknown",
            .created = format_utc(header.created_ns),
            .block_bytes = header.block_bytes,
            .slot_bytes = header.slot_bytes,
            .rotate_bytes = header.rotate_bytes};
}

std::string difference(const index_header& header, const recording_info& info)
{
    std::string list;
    add_difference(list, "block_bytes", header.block_bytes, info.block_bytes);
    add_difference(list, "slot_bytes", header.slot_bytes, info.slot_bytes);
    add_difference(list, "rotate_bytes", header.rotate_bytes, info.rotate_bytes);
    return list;
}

std::string difference(const recording_totals& index, const recording_totals& json)
{
    std::string list;
    add_difference(list, "frames", index.frames, json.frames);
    add_difference(list, "bytes", index.bytes, json.bytes);
    add_difference(list, "dropped", index.dropped, json.dropped);
    add_difference(list, "errors", index.errors, json.errors);
    add_difference(list, "first_sequence", index.first_sequence, json.first_sequence);
    add_difference(list, "last_sequence", index.last_sequence, json.last_sequence);
    add_difference(list, "first_timestamp_ns", index.first_timestamp.count(),
                   json.first_timestamp.count());
    add_difference(list, "last_timestamp_ns", index.last_timestamp.count(),
                   json.last_timestamp.count());
    // A recording without a frame may have a raw file, or none.
    if (index.frames != 0) {
        add_difference(list, "files", index.files, json.files);
    }
    return list;
}

} // namespace memlane::detail
