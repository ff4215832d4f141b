// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// check_cost [--update] COST.json KERNEL BASELINE.json
/// Compares what the ways cost under the guest's kernel KERNEL with the baseline,
/// and exits with 1 if one got dearer; or writes the baseline.
#include "gate.hpp"
#include "json_file.hpp"

#include <exception>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace {

using nlohmann::json;

std::string describe(const bench::cost_change& change)
{
    if (change.before == 0) {
        return fmt::format("{:>10.0f}  not in the baseline", change.now);
    }
    if (change.now == 0) {
        return "not measured";
    }
    return fmt::format("{:>10.0f}  was {:.0f}, {:+.1f} %", change.now, change.before,
                       100 * change.growth());
}

/// What got dearer, and what got so much cheaper that the baseline should know.
int report(const json& before, const json& now)
{
    int failed = 0;
    int passed = 0;
    for (const bench::cost_change& change : bench::compare(before, now)) {
        ++(change.fails() ? failed : passed);
        if (change.fails() || change.growth() < -bench::tolerance) {
            fmt::print("{:8} {:36} {}\n", change.fails() ? "FAILED" : "cheaper", change.way,
                       describe(change));
        }
    }
    if (before.at("kernel") != now.at("kernel")) {
        fmt::print("the baseline is of kernel {}, this is {}\n",
                   before.at("kernel").get<std::string>(), now.at("kernel").get<std::string>());
    }
    fmt::print("instructions a MiB, {} ways: {} within {:.0f} % of the baseline, {} not\n",
               passed + failed, passed, 100 * bench::tolerance, failed);
    return failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const bool update = argc > 1 && std::string_view(argv[1]) == "--update";
    if (argc != (update ? 5 : 4)) {
        fmt::print(stderr, "usage: check_cost [--update] COST.json KERNEL BASELINE.json\n");
        return 2;
    }
    char** argument = argv + (update ? 2 : 1);
    try {
        const json now = bench::make_baseline(bench::read_json(argument[0]), argument[1]);
        if (!update) {
            return report(bench::read_json(argument[2]), now);
        }
        bench::write_json(argument[2], now);
        return 0;
    } catch (const std::exception& e) {
        fmt::print(stderr, "check_cost: {}\n", e.what());
        return 2;
    }
}
