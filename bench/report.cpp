// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// report FOLDER KERNEL: makes of what the other programs measured FOLDER/results.json,
/// FOLDER/results.md and plots. KERNEL is the guest's. Exits with 1 if a promise is broken.
#include "json_file.hpp"
#include "plots.hpp"
#include "promises.hpp"
#include "results.hpp"
#include "tables.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

std::string machine_text(const json& machine)
{
    const auto of = [&](const char* key) { return machine.at(key).get<std::string>(); };
    return fmt::format("Measured {} at {}: {} ({} processors, {}), Linux {}; guest: Linux {}, "
                       "{}; {}, {}.\n",
                       of("date"), of("commit"), of("processor"),
                       machine.at("processors").get<long>(), of("memory"), of("kernel"),
                       of("guest_kernel"), of("qemu"), of("fio"), of("compiler"));
}

std::string promises_text(const std::vector<bench::promise>& all)
{
    std::string text = "\n| promise | measured | limit | |\n|---|--:|--:|---|\n";
    for (const bench::promise& one : all) {
        text += fmt::format("| {} | {} | {} {} | {} |\n", one.what, bench::rounded(one.measured),
                            one.at_least ? "at least" : "at most", bench::rounded(one.limit),
                            one.kept() ? "kept" : "BROKEN");
    }
    return text;
}

void write_text(const std::string& path, const std::string& text)
{
    std::ofstream out(path);
    out << text;
    if (!out.flush()) {
        throw std::runtime_error("cannot write " + path);
    }
}

} // namespace

int main(int argc, char** argv)
try {
    if (argc != 3) {
        fmt::print(stderr, "usage: report FOLDER KERNEL\n");
        return 2;
    }
    const std::string folder = argv[1];
    const bench::results from(folder, argv[2]);
    const std::vector<bench::promise> promised = bench::promises(from);
    const std::string text =
        machine_text(from.all().at("machine")) + promises_text(promised) + bench::tables(from);
    bench::write_json(folder + "/results.json", from.all());
    write_text(folder + "/results.md", text);
    fmt::print("{}", text);
    bench::draw_plots(from, folder);
    return std::all_of(promised.begin(), promised.end(),
                       [](const bench::promise& one) { return one.kept(); })
               ? 0
               : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "report: {}\n", error.what());
    return 2;
}
