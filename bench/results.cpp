// SPDX-License-Identifier: GPL-2.0-or-later
#include "results.hpp"

#include "contest.hpp"
#include "json_file.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

using nlohmann::json;

namespace {

/// @return the first line that a command prints, or "" if it cannot run
std::string first_line(const std::vector<std::string>& command)
{
    try {
        const std::string text = run_command(command).out;
        return text.substr(0, text.find('\n'));
    } catch (const std::exception&) {
        return {};
    }
}

/// @return what follows @p key in a file of "key : value" lines
std::string value_in(const std::string& path, const std::string& key)
{
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(key)) {
            const std::size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
            return value == std::string::npos ? "" : line.substr(value);
        }
    }
    return {};
}

json machine(const std::string& guest_kernel)
{
    utsname names = {};
    ::uname(&names);
    return {{"date", fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)))},
            {"processor", value_in("/proc/cpuinfo", "model name")},
            {"processors", ::sysconf(_SC_NPROCESSORS_ONLN)},
            {"memory", value_in("/proc/meminfo", "MemTotal")},
            {"kernel", names.release},
            {"guest_kernel", guest_kernel},
            {"qemu", first_line({"qemu-system-x86_64", "--version"})},
            {"fio", first_line({"fio", "--version"})},
            {"compiler", "GCC " __VERSION__},
            {"commit", first_line({"git", "describe", "--always", "--dirty"})}};
}

/// What GoogleBenchmark writes, as rows: its names are "name/argument/...".
json rows_of(const json& measured)
{
    if (measured.contains("rows")) {
        return measured.at("rows");
    }
    json rows = json::array();
    for (json one : measured.at("benchmarks")) {
        const std::string name = one.at("name");
        const std::size_t end = name.find('/');
        one["name"] = name.substr(0, end);
        if (end != std::string::npos && std::isdigit(static_cast<unsigned char>(name[end + 1]))) {
            one["argument"] = std::stoi(name.substr(end + 1));
        }
        rows.push_back(one);
    }
    return rows;
}

bool matches(const json& row, const json& key)
{
    return std::all_of(key.items().begin(), key.items().end(), [&](const auto& item) {
        return row.contains(item.key()) && row.at(item.key()) == item.value();
    });
}

} // namespace

results::results(const std::string& folder, const std::string& kernel)
    : all_({{"schema", 2}, {"machine", machine(kernel)}})
{
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::filesystem::path& path = entry.path();
        if (path.extension() == ".json" && path.stem() != "results") {
            all_[path.stem()] = rows_of(read_json(path));
        }
    }
}

const json& results::rows(const std::string& name) const
{
    static const json none = json::array();
    const auto found = all_.find(name);
    return found == all_.end() ? none : *found;
}

json results::rows(const std::string& name, const json& key) const
{
    json found = json::array();
    std::copy_if(rows(name).begin(), rows(name).end(), std::back_inserter(found),
                 [&](const json& row) { return matches(row, key); });
    return found;
}

std::optional<double> results::find(const std::string& name, const json& key,
                                    const std::string& field) const
{
    for (const json& row : rows(name)) {
        if (matches(row, key)) {
            return row.at(field).get<double>();
        }
    }
    return {};
}

std::optional<double> results::cost(const std::string& way, const std::string& sink,
                                    std::uint64_t io_bytes) const
{
    const json key = {{"way", way}, {"sink", sink}, {"io_bytes", io_bytes}};
    for (const char* name : {"null", "disks"}) {
        if (const auto found = find(name, key, "instructions_per_MiB")) {
            return found;
        }
    }
    return {};
}

std::string results::label(const std::string& name, const std::string& way) const
{
    for (const json& row : rows(name)) {
        if (row.at("way") == way) {
            return row.at("label");
        }
    }
    return way;
}

std::string grouped(double value)
{
    std::string digits = fmt::format("{:.0f}", value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

std::string size_text(std::uint64_t bytes)
{
    const std::uint64_t kib = bytes / 1024;
    return kib < 1024 ? fmt::format("{} KiB", kib) : fmt::format("{} MiB", kib / 1024);
}

std::string rounded(double value)
{
    if (value >= 100) {
        return grouped(value);
    }
    return fmt::format("{:.{}f}", value, value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

} // namespace bench
