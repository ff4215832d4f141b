// SPDX-License-Identifier: GPL-2.0-or-later
#include "recording_json.hpp"

#include <fmt/format.h>

#include "frame.hpp"
#include "memlane/units.hpp"
#include "region_json.hpp"
#include "video_line.hpp"

namespace memlane::tool {

using nlohmann::ordered_json;

namespace {

ordered_json to_json(const recorded_picture& picture)
{
    return {
        {"width", picture.size.width},         {"height", picture.size.height},
        {"format", to_string(picture.format)}, {"stride", picture.stride_bytes},
        {"refresh", picture.refresh_hz},
    };
}

/** @return JSON's null where a number is not known */
template <typename Number>
ordered_json optional_json(const std::optional<Number>& number)
{
    return number ? ordered_json(*number) : ordered_json(nullptr);
}

std::string format_rate(const recording_totals& totals)
{
    const double rate = mean_rate(totals);
    const double bytes = totals.frames != 0 ? rate * static_cast<double>(totals.bytes) /
                                                  static_cast<double>(totals.frames)
                                            : 0;
    return rate > 0 ? fmt::format("{:.2f}/s, {}/s", rate,
                                  format_bytes(static_cast<std::uint64_t>(bytes)))
                    : "-";
}

std::string format_state(const recording_info& info)
{
    return fmt::format("{}{}{}", to_string(info.state), info.end.empty() ? "" : ": ", info.end);
}

} // namespace

ordered_json to_json(const recording_totals& totals)
{
    return {
        {"frames", totals.frames},
        {"bytes", totals.bytes},
        {"dropped", totals.dropped},
        {"errors", totals.errors},
        {"first_sequence", totals.first_sequence},
        {"last_sequence", totals.last_sequence},
        {"first_timestamp_ns", totals.first_timestamp.count()},
        {"last_timestamp_ns", totals.last_timestamp.count()},
        {"files", totals.files},
    };
}

ordered_json to_json(const std::string& base, const recording_info& info,
                     const recording_totals& totals)
{
    ordered_json json = {
        {"schema", json_schema},
        {"recording", base},
        {"id", info.id},
        {"source", info.source},
        {"created", info.created},
        {"state", to_string(info.state)},
        {"end", info.end},
        {"block_size", info.block_bytes},
        {"slot_size", info.slot_bytes},
        {"rotate", info.rotate_bytes},
    };
    json.update(to_json(totals));
    json["duration_ns"] = duration_of(totals).count();
    json["frames_per_second"] = mean_rate(totals);
    if (info.picture) {
        json["picture"] = to_json(*info.picture);
        json["video"] = video_line(base, info);
    }
    return json;
}

ordered_json to_json(const finding& found)
{
    return {
        {"kind", to_string(found.kind)},
        {"note", is_note(found.kind)},
        {"path", found.path},
        {"record", optional_json(found.record)},
        {"sequence", optional_json(found.sequence)},
        {"records", found.records},
        {"text", found.text},
    };
}

std::vector<std::vector<std::string>> rows_of(const std::string& base, const recording_info& info,
                                              const recording_totals& totals)
{
    std::vector<std::vector<std::string>> rows = {
        {"recording", base},
        {"id", info.id},
        {"source", info.source},
        {"created", info.created},
        {"state", format_state(info)},
        {"frames", fmt::format("{}, {} dropped, {} damaged by their producer", totals.frames,
                               totals.dropped, totals.errors)},
        {"bytes", fmt::format("{} ({})", totals.bytes, format_bytes(totals.bytes))},
        {"sequences", totals.frames == 0
                          ? "-"
                          : fmt::format("{} to {}", totals.first_sequence, totals.last_sequence)},
        {"duration",
         fmt::format("{:.3f} s", std::chrono::duration<double>(duration_of(totals)).count())},
        {"rate", format_rate(totals)},
        {"raw files", std::to_string(totals.files)},
        {"slot", fmt::format("{}, frames begin at multiples of {}", format_bytes(info.slot_bytes),
                             info.block_bytes)},
    };
    if (info.picture) {
        rows.push_back(
            {"picture", fmt::format("{} {}, stride {}", size_label(info.picture->size),
                                    to_string(info.picture->format), info.picture->stride_bytes)});
        rows.push_back({"video", video_line(base, info)});
    }
    return rows;
}

std::string describe(const finding& found)
{
    std::string where;
    if (found.record) {
        where = found.sequence
                    ? fmt::format("record {}, frame {}: ", *found.record, *found.sequence)
                    : fmt::format("record {}: ", *found.record);
    }
    const std::string others =
        found.records > 1 ? fmt::format(", and so with the {} behind it", found.records - 1) : "";
    return fmt::format("{}: {}{}{}{}", found.path, is_note(found.kind) ? "note: " : "", where,
                       found.text, others);
}

} // namespace memlane::tool
