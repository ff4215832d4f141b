// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cerrno>

#include "interrupt.hpp"
#include "json_output.hpp"
#include "memlane/error.hpp"
#include "memlane/recording_check.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "recording_json.hpp"
#include "region_json.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

struct check_request {
    std::string path;
    bool repair = false;
    bool no_data = false;
    bool json = false;
};

template <typename Work>
auto with_progress(bool data, Work work)
{
    check_options options = {.data = data, .stop = &catch_interrupts()};
    progress_bar bar;
    if (progress_bar::is_wanted()) {
        options.progress = [&bar](const transfer_progress& now) { bar.update(now); };
    }
    return work(options);
}

ordered_json repair_json(const repair_result& result)
{
    return {
        {"changed", result.changed},
        {"verified", result.verified},
        {"lost", result.lost},
        {"index_bytes_cut", result.index_bytes_cut},
        {"raw_bytes_cut", result.raw_bytes_cut},
        {"raw_files_removed", result.raw_files_removed},
        {"json_rebuilt", result.json_rebuilt},
    };
}

ordered_json check_json(const check_result& result)
{
    ordered_json findings = ordered_json::array();
    for (const finding& each : result.findings) {
        findings.push_back(to_json(each));
    }
    ordered_json json = {
        {"schema", json_schema},    {"verb", "check"},
        {"recording", result.base}, {"good", result.good()},
        {"state", nullptr},         {"verified", result.verified},
        {"findings", findings},     {"more_findings", result.more},
    };
    if (result.info) {
        json["state"] = to_string(result.info->state);
    }
    json.update(to_json(result.totals));
    return json;
}

std::string describe_repair(const repair_result& result)
{
    if (!result.changed) {
        return "there was nothing to repair";
    }
    std::string text =
        fmt::format("repaired: it holds {} frames; {} records without a whole frame "
                    "are gone, {} of the raw files",
                    result.info.totals.frames, result.lost, format_bytes(result.raw_bytes_cut));
    if (result.raw_files_removed != 0) {
        text += fmt::format(" ({} removed)", result.raw_files_removed);
    }
    return text + (result.json_rebuilt ? "; its JSON was rebuilt" : "");
}

void print_text(const check_result& result)
{
    for (const finding& each : result.findings) {
        put_line(describe(each));
    }
    if (result.more != 0) {
        put_line(fmt::format("{}: and {} findings more", result.base, result.more));
    }
    const recording_totals& totals = result.totals;
    put_line(fmt::format("{}: {}, {} frames, {}, {} dropped, {} verified", result.base,
                         result.info ? to_string(result.info->state) : "unknown", totals.frames,
                         format_bytes(totals.bytes), totals.dropped, result.verified));
}

void print(const check_request& request, const check_result& result,
           const std::optional<repair_result>& repaired)
{
    if (request.json) {
        ordered_json json = check_json(result);
        if (repaired) {
            json["repair"] = repair_json(*repaired);
        }
        put_json(std::move(json));
        return;
    }
    if (repaired) {
        put_line(fmt::format("{}: {}", result.base, describe_repair(*repaired)));
    }
    print_text(result);
}

void run(CLI::App& app, const arguments& args)
{
    check_request request;
    add_required(app, "OUT", request.path, "OUT, or one of OUT.json, OUT.index and OUT.raw");
    app.add_flag("--repair", request.repair,
                 "Keep the frames that are whole, cut off what is behind them");
    app.add_flag("--no-data", request.no_data, "Do not read the frames");
    app.add_flag("--json", request.json, "Print the result as JSON");
    parse(app, args);

    std::optional<repair_result> repaired;
    if (request.repair) {
        repaired = with_progress(!request.no_data, [&](const check_options& options) {
            return repair_recording(request.path, options);
        });
    }
    // What was just repaired was read.
    check_result result =
        with_progress(!request.no_data && !repaired, [&](const check_options& options) {
            return check_recording(request.path, options);
        });
    if (repaired) {
        result.verified = repaired->verified;
    }
    print(request, result, repaired);
    if (!result.good()) {
        finish_output();
        throw error(EBADMSG, "check recording " + result.base,
                    fmt::format("{} finding{}{}", result.wrong, result.wrong == 1 ? "" : "s",
                                repaired ? "" : "; --repair keeps the frames that are whole"));
    }
}

} // namespace

const verb check_verb = {"check", "Look whether a recording is whole, or make it so", run};

} // namespace memlane::tool
