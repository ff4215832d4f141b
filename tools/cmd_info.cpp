// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include "json_output.hpp"
#include "memlane/recording.hpp"
#include "memlane/recording_check.hpp"
#include "memlane/region_status.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "recording_json.hpp"
#include "region_json.hpp"
#include "table.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

std::string format_counters(const transfer_counters& counters)
{
    return fmt::format("{} calls, {} bytes, {} errors", counters.calls, counters.bytes,
                       counters.errors);
}

void add_screen(std::vector<std::vector<std::string>>& rows, const screen_status& screen)
{
    rows.push_back({"framebuffer", screen.node});
    rows.push_back({"mode", format_mode(screen) + (screen.blank ? ", blank" : "")});
    rows.push_back({"stride", std::to_string(screen.stride_bytes)});
    rows.push_back({"frames", std::to_string(screen.frames)});
}

void add_ring(std::vector<std::vector<std::string>>& rows, const ring_status& ring)
{
    rows.push_back({"ring", format_slots(ring)});
    rows.push_back(
        {"frames", fmt::format("{} committed, {} delivered, {} dropped, {} waiting", ring.committed,
                               ring.delivered, ring.dropped, ring.waiting)});
    rows.push_back({"in hand", fmt::format("producer {}, consumer {}", ring.filling, ring.held)});
}

void print_text(const region_status& status)
{
    std::vector<std::vector<std::string>> rows = {
        {"name", status.name},
        {"node", "/dev/memlane/" + status.name},
        {"kind", std::string(to_string(status.kind))},
        {"size", fmt::format("{} ({})", status.size_bytes, format_bytes(status.size_bytes))},
        {"segments", std::to_string(status.segments)},
        {"phys_addr", format_address(status.phys_addr)},
        {"page_size", std::to_string(::sysconf(_SC_PAGESIZE))},
        {"caches", status.coherent ? "coherent" : "need SYNC around a device's access"},
        {"open_count", std::to_string(status.open_count)},
        {"saved", format_counters(status.saved)},
        {"loaded", format_counters(status.loaded)}};
    if (status.screen) {
        add_screen(rows, *status.screen);
    }
    if (status.ring) {
        add_ring(rows, *status.ring);
    }
    if (!status.unknown.empty()) {
        rows.push_back({"not known", status.unknown});
    }
    put(format_table({align::left, align::left}, rows));
}

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

/** A region's bare name is that region, whatever files there are. */
bool is_recording(const std::string& name)
{
    const std::string base = recording_base(name);
    if (name.starts_with("memlane:") || !(exists(base + ".json") || exists(base + ".index"))) {
        return false;
    }
    return base != name || name.find('/') != std::string::npos || !exists("/dev/memlane/" + name);
}

void print_recording(const std::string& path, bool json)
{
    const recording opened(path);
    const recording_info& info = opened.info();
    // One that is going on, or was cut off, tells nothing of its frames but in the index.
    const bool ended = info.state != recording_state::recording;
    const recording_totals totals =
        ended ? info.totals : check_recording(path, {.data = false}).totals;
    if (json) {
        put_json(to_json(opened.base(), info, totals));
    } else {
        put(format_table({align::left, align::left}, rows_of(opened.base(), info, totals)));
    }
}

void run(CLI::App& app, const arguments& args)
{
    std::string name;
    bool json = false;
    add_required(app, "REGION", name,
                 "NAME, memlane:NAME or /dev/memlane/NAME; or a recording: OUT, OUT.json, "
                 "OUT.index or OUT.raw");
    app.add_flag("--json", json, "Print as JSON");
    parse(app, args);

    if (is_recording(name)) {
        print_recording(name, json);
        return;
    }
    const region_status status = read_status(region_name(name));
    if (json) {
        nlohmann::ordered_json document = {{"schema", json_schema}};
        document.update(to_json(status));
        put_json(std::move(document));
    } else {
        print_text(status);
    }
}

} // namespace

const verb info_verb = {"info", "Show what a region or a recording is, and what it has done", run};

} // namespace memlane::tool
