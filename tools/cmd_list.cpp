// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_output.hpp"
#include "memlane/region_status.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "region_json.hpp"
#include "table.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void print_json(const std::vector<region_status>& regions)
{
    nlohmann::ordered_json json = {{"schema", json_schema},
                                   {"regions", nlohmann::ordered_json::array()}};
    for (const region_status& each : regions) {
        json["regions"].push_back(to_json(each));
    }
    put_json(json);
}

void print_table(const std::vector<region_status>& regions)
{
    std::vector<std::vector<std::string>> rows = {
        {"NAME", "KIND", "SIZE", "SEGMENTS", "PHYS", "OPEN", ""}};
    for (const region_status& each : regions) {
        rows.push_back({each.name, std::string(to_string(each.kind)), format_bytes(each.size_bytes),
                        std::to_string(each.segments), format_address(each.phys_addr),
                        std::to_string(each.open_count), each.unknown});
    }
    put(format_table({align::left, align::left, align::right, align::right, align::right,
                      align::right, align::left},
                     rows));
}

void run(CLI::App& app, const arguments& args)
{
    bool json = false;
    app.add_flag("--json", json, "Print all that is known, as JSON");
    parse(app, args);

    const std::vector<region_status> regions = list_regions();
    if (json) {
        print_json(regions);
    } else {
        print_table(regions);
    }
}

} // namespace

const verb list_verb = {"list", "List the regions", run};

} // namespace memlane::tool
