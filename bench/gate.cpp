// SPDX-License-Identifier: GPL-2.0-or-later
#include "gate.hpp"

#include <cmath>
#include <cstdint>
#include <map>

namespace bench {

using nlohmann::json;

namespace {

/// 4096 -> "4KiB"
std::string size_name(std::uint64_t bytes)
{
    constexpr std::uint64_t mib = 1 << 20;
    return bytes < mib ? std::to_string(bytes / 1024) + "KiB" : std::to_string(bytes / mib) + "MiB";
}

/// "save/null_blk/1MiB"
std::string way_of(const json& row)
{
    return row.at("way").get<std::string>() + "/" + row.at("sink").get<std::string>() + "/" +
           size_name(row.at("io_bytes"));
}

} // namespace

double cost_change::growth() const noexcept
{
    return before == 0 || now == 0 ? 0 : now / before - 1;
}

bool cost_change::fails() const noexcept
{
    return before == 0 || now == 0 || now > before * (1 + tolerance);
}

json make_baseline(const json& measured, const std::string& kernel)
{
    json ways = json::object();
    for (const json& row : measured.at("rows")) {
        if (row.at("ours")) {
            ways[way_of(row)] = std::llround(row.at("instructions_per_MiB").get<double>());
        }
    }
    return {{"kernel", kernel}, {"instructions_per_MiB", ways}};
}

std::vector<cost_change> compare(const json& before, const json& now)
{
    std::map<std::string, cost_change> ways;
    for (const auto& [way, cost] : before.at("instructions_per_MiB").items()) {
        ways[way] = {way, cost.get<double>(), 0};
    }
    for (const auto& [way, cost] : now.at("instructions_per_MiB").items()) {
        const auto found = ways.try_emplace(way, cost_change{way, 0, 0}).first;
        found->second.now = cost.get<double>();
    }
    std::vector<cost_change> changes;
    for (const auto& [way, change] : ways) {
        changes.push_back(change);
    }
    return changes;
}

} // namespace bench
