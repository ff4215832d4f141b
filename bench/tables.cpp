// SPDX-License-Identifier: GPL-2.0-or-later
#include "tables.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include <fmt/format.h>

namespace bench {

using nlohmann::json;

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

std::string cell(std::optional<double> value)
{
    return value ? rounded(*value) : "";
}

/// "2,345 (2,001-2,400)"
std::string with_spread(const json& row, const std::string& field)
{
    const json& samples = row.at(field + "_samples");
    const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
    return fmt::format("{} ({}-{})", rounded(row.at(field)), rounded(*least), rounded(*most));
}

/// @return each value that a field has, in the order of the rows
json values_of(const json& rows, const std::string& field)
{
    json values = json::array();
    for (const json& row : rows) {
        if (std::find(values.begin(), values.end(), row.at(field)) == values.end()) {
            values.push_back(row.at(field));
        }
    }
    return values;
}

std::string head(const std::string& title, const std::vector<std::string>& columns)
{
    std::string text = "\n" + title + "\n\n";
    std::string line = "|";
    for (const std::string& column : columns) {
        text += "| " + column + " ";
        line += columns.front() == column ? "---|" : "--:|";
    }
    return text + "|\n" + line + "\n";
}

std::string line_of(const std::vector<std::string>& cells)
{
    std::string text;
    for (const std::string& each : cells) {
        text += "| " + each + " ";
    }
    return text + "|\n";
}

/// A way a line, a sink and a size a column.
std::string cost_table(const results& from, const std::string& name, const std::string& title)
{
    const json& rows = from.rows(name);
    if (rows.empty()) {
        return {};
    }
    struct column {
        std::string sink;
        std::uint64_t io_bytes;
    };
    std::vector<column> columns;
    std::vector<std::string> names = {"way"};
    for (const json& sink : values_of(rows, "sink")) {
        for (const std::uint64_t io_bytes :
             {4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib, 16 * mib, 64 * mib}) {
            const json key = {{"sink", sink}, {"io_bytes", io_bytes}};
            if (from.find(name, key, "io_bytes")) {
                columns.push_back({sink, io_bytes});
                names.push_back(
                    fmt::format("{}, {}", sink.get<std::string>(), size_text(io_bytes)));
            }
        }
    }
    std::string text = head(title, names);
    for (const json& way : values_of(rows, "way")) {
        std::vector<std::string> cells = {from.label(name, way)};
        for (const column& each : columns) {
            const json key = {{"way", way}, {"sink", each.sink}, {"io_bytes", each.io_bytes}};
            cells.push_back(cell(from.find(name, key, "instructions_per_MiB")));
        }
        text += line_of(cells);
    }
    return text;
}

std::string rate_table(const results& from, const std::string& name)
{
    const json& rows = from.rows(name);
    if (rows.empty()) {
        return {};
    }
    std::string text = head("In turns, medians (least-most); CPU seconds of the whole guest a GiB",
                            {"way", "sink", "piece", "MiB/s", "CPU s/GiB"});
    for (const json& row : rows) {
        text += line_of({row.at("label"), row.at("sink"), size_text(row.at("io_bytes")),
                         with_spread(row, "MiB_per_s"), with_spread(row, "cpu_s_per_GiB")});
    }
    return text;
}

/// What commands did, in turns.
std::string contest_table(const results& from, const std::string& name, const std::string& what,
                          const std::string& title)
{
    const json rows = from.rows(name, {{"what", what}});
    if (rows.empty()) {
        return {};
    }
    std::string text = head(title, {"what", "MiB/s", "CPU s/GiB"});
    for (const json& row : rows) {
        text += line_of(
            {row.at("name"), with_spread(row, "MiB_per_s"), with_spread(row, "cpu_s_per_GiB")});
    }
    return text;
}

std::string growth_tables(const results& from)
{
    std::string text;
    for (const char* name : {"growth_cost", "growth_rate"}) {
        const json& rows = from.rows(name);
        if (rows.empty()) {
            continue;
        }
        const std::string unit =
            rows.front().contains("MiB_per_s") ? "MiB_per_s" : "instructions_per_MiB";
        for (const json& series : values_of(rows, "series")) {
            const json mine = from.rows(name, {{"series", series}});
            std::vector<std::string> columns = {
                fmt::format("{}, {}", series.get<std::string>(),
                            unit == "MiB_per_s" ? "MiB/s" : "guest instructions a MiB")};
            for (const json& x : values_of(mine, "x")) {
                columns.push_back(rounded(x));
            }
            text += head("Growth: " + series.get<std::string>(), columns);
            for (const json& way : values_of(mine, "way")) {
                std::vector<std::string> cells = {way};
                for (const json& x : values_of(mine, "x")) {
                    const json key = {{"series", series}, {"way", way}, {"x", x}};
                    cells.push_back(cell(from.find(name, key, unit)));
                }
                text += line_of(cells);
            }
        }
    }
    return text;
}

struct field {
    const char* name;
    const char* title;
};

/// A table of rows that have a name.
std::string named_table(const results& from, const std::string& name, const std::string& title,
                        const std::vector<field>& fields)
{
    const json& rows = from.rows(name);
    if (rows.empty()) {
        return {};
    }
    std::vector<std::string> columns = {"what"};
    for (const field& each : fields) {
        columns.emplace_back(each.title);
    }
    std::string text = head(title, columns);
    for (const json& row : rows) {
        std::string label = row.at("name");
        if (row.contains("argument")) {
            label += fmt::format(", {} MiB", row.at("argument").get<int>());
        }
        std::vector<std::string> cells = {label};
        for (const field& each : fields) {
            cells.push_back(rounded(row.at(each.name)));
        }
        text += line_of(cells);
    }
    return text;
}

} // namespace

std::string tables(const results& from)
{
    return cost_table(from, "null",
                      "Guest instructions for a MiB, to disks that cost nothing (null_blk; "
                      "large: max_sectors=8192)") +
           cost_table(from, "requests", "The same by size of the piece") +
           cost_table(from, "new_kernel", "The same under Linux 6.12") +
           cost_table(from, "disks",
                      "Guest instructions for a MiB, to files (ext4 on virtio, xfs on NVMe)") +
           rate_table(from, "rate") + rate_table(from, "rate_sizes") +
           contest_table(from, "host", "save", "Memory to new files on this machine's disk") +
           contest_table(from, "host", "load", "Files on this machine's disk to memory") +
           contest_table(from, "host", "size", "memlane save memfd: by size, on this machine") +
           contest_table(from, "guest", "save",
                         "Commands in the guest, 256 MiB to new files, ext4 on virtio") +
           contest_table(from, "lime", "save",
                         "512 MiB of RAM by LiME, and of a region, to new files, ext4 on virtio") +
           growth_tables(from) +
           named_table(from, "memory", "Making and mapping memory, guest instructions for a MiB",
                       {{"instructions_per_MiB", "instructions"}}) +
           named_table(from, "screen", "A picture of 1920x1080 xrgb8888",
                       {{"instructions_per_frame", "guest instructions"}}) +
           named_table(from, "frames", "A frame on its way through a ring",
                       {{"instructions_per_frame", "guest instructions"}}) +
           named_table(from, "watch", "Watching a screen of 1920x1080 xrgb8888 with one client",
                       {{"cpu_percent", "% of a core"}, {"updates_per_s", "updates/s"}}) +
           named_table(from, "record",
                       "A full ring of 1 GiB recorded, and saved, in turns, ext4 on virtio",
                       {{"record_MiB_per_s", "record MiB/s"},
                        {"save_MiB_per_s", "save MiB/s"},
                        {"record_to_save", "ratio"},
                        {"record_to_save_min", "least"},
                        {"record_to_save_max", "most"}}) +
           named_table(from, "pace", "A producer in a ring of 64 MiB, to a disk of 400 MiB/s",
                       {{"seconds", "s"},
                        {"wanted_MiB_per_s", "wanted MiB/s"},
                        {"produced_MiB_per_s", "MiB/s"},
                        {"recorded", "recorded"},
                        {"dropped", "dropped"},
                        {"producer_late_ms", "late ms"}});
}

} // namespace bench
