// SPDX-License-Identifier: GPL-2.0-or-later
#include "gate.hpp"

#include <cmath>
#include <map>

namespace bench {

using nlohmann::json;

namespace {

/// "save/default/1MiB/iterations:3/manual_time" -> "save/default/1MiB"
std::string way_of(const std::string& name)
{
    return name.substr(0, name.find("/iterations:"));
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
    for (const json& one : measured.at("benchmarks")) {
        const std::string way = way_of(one.at("name"));
        if (!way.starts_with("huge_")) {
            ways[way] = std::llround(one.at("instructions_per_MiB").get<double>());
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
