// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "choices.hpp"
#include "interrupt.hpp"
#include "json_output.hpp"
#include "live_line.hpp"
#include "memlane/error.hpp"
#include "memlane/record.hpp"
#include "memlane/region.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "region_json.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;
using seconds = std::chrono::duration<double>;

struct record_request {
    std::string region;
    std::string base;
    record_options options;
    std::optional<double> time;
    bool json = false;
    bool verbose = false;
};

void add_options(CLI::App& app, record_request& request)
{
    record_options& options = request.options;
    add_region(app, request.region);
    add_required(app, "OUT", request.base, "Where to: OUT.raw, OUT.index and OUT.json are made");
    add_bytes(app, "--frames", options.frames, "Stop after as many");
    add_real(app, "--seconds", request.time, 0, 1e9, "Stop after that time")->type_name("S");
    add_bytes(app, "--rotate", options.rotate_bytes,
              "Begin another file of frames, OUT.1.raw..., at that size");
    add_bytes(app, "--sync-every", options.sync_every_bytes,
              "Bytes after which all is on the disk, each second at least [1G]")
        ->check(at_least_1());
    app.add_option_function<std::string>(
           "--policy",
           [&options](const std::string& name) { options.policy = *parse_drop_policy(name); },
           "Which frame is lost when no slot is free: " + enumerate_choices("POLICY") +
               " [as the region has it]")
        ->check(CLI::IsMember(choices("POLICY")).description(""))
        ->type_name("POLICY");
    add_mode(app, options.file_mode);
    app.add_flag("--replace", options.replace, "A recording of that name goes");
    app.add_flag("--verbose", request.verbose, "Say which way was taken, and what it cost");
    app.add_flag("--json", request.json, "Print the result as JSON");
}

/** @return a part for each second. */
std::uint64_t per_second(std::uint64_t count, std::chrono::nanoseconds elapsed)
{
    const double time = seconds(elapsed).count();
    return time > 0 ? static_cast<std::uint64_t>(static_cast<double>(count) / time) : 0;
}

std::string describe(const record_progress& now)
{
    const std::uint64_t rate = per_second(now.bytes, now.elapsed);
    std::string text =
        fmt::format("{}  {} frames  {}  {}/s  {} dropped", format_time(now.elapsed), now.frames,
                    format_bytes(now.bytes), format_bytes(rate), now.dropped);
    if (now.slots != 0) {
        text += fmt::format("  ring {}%", 100ULL * now.waiting / now.slots);
    }
    if (rate != 0) {
        text += fmt::format("  disk full in {}", format_time(seconds(now.free_bytes / rate)));
    }
    return text;
}

ordered_json to_json(const record_request& request, const record_result& result)
{
    const recording_totals& totals = result.info.totals;
    ordered_json json = {
        {"schema", json_schema},
        {"verb", "record"},
        {"source", result.info.source},
        {"target", request.base},
        {"id", result.info.id},
        {"frames", totals.frames},
        {"bytes", totals.bytes},
        {"dropped", totals.dropped},
        {"errors", totals.errors},
        {"lost", result.lost},
        {"first_sequence", totals.first_sequence},
        {"last_sequence", totals.last_sequence},
        {"files", totals.files},
        {"elapsed_ns", result.elapsed.count()},
        {"bytes_per_second", per_second(totals.bytes, result.elapsed)},
        {"cpu_ns", result.cpu.count()},
        {"way", to_string(result.used)},
        {"end", result.info.end},
        {"error", nullptr},
    };
    if (result.errnum != 0) {
        json["error"] = {{"errno", result.errnum}, {"name", errno_name(result.errnum)}};
    }
    return json;
}

void print(const record_request& request, const record_result& result)
{
    if (request.json) {
        put_json(to_json(request, result));
        return;
    }
    const recording_totals& totals = result.info.totals;
    put_line(fmt::format(
        "{} -> {}: {} frames, {} in {:.3f} s, {}/s, {} dropped, {}", result.info.source,
        request.base, totals.frames, format_bytes(totals.bytes), seconds(result.elapsed).count(),
        format_bytes(per_second(totals.bytes, result.elapsed)), totals.dropped, result.info.end));
    if (request.verbose) {
        note(fmt::format("way {}; {:.3f} s of CPU time; {} raw file{}", to_string(result.used),
                         seconds(result.cpu).count(), totals.files, totals.files == 1 ? "" : "s"));
    }
}

/** What ended early is a failure, even if all that is there is valid. */
void expect_whole(const record_request& request, const record_result& result)
{
    if (result.errnum == 0) {
        return;
    }
    const std::string lost =
        result.lost == 0 ? ""
                         : fmt::format("; {} frames more were taken and are lost", result.lost);
    throw error(result.errnum, fmt::format("record {} -> {}", result.info.source, request.base),
                fmt::format("{}; the recording holds the {} frames up to there{}", result.info.end,
                            result.info.totals.frames, lost));
}

void run(CLI::App& app, const arguments& args)
{
    record_request request;
    add_options(app, request);
    parse(app, args);

    record_options& options = request.options;
    if (request.time) {
        options.duration =
            std::chrono::duration_cast<std::chrono::nanoseconds>(seconds(*request.time));
    }
    options.stop = &catch_interrupts();
    const record_result result = [&] {
        live_line line;
        if (live_line::is_wanted()) {
            options.progress = [&line](const record_progress& now) { line.show(describe(now)); };
        }
        return record(request.region, request.base, options);
    }();
    put_result([&] { print(request, result); },
               fmt::format("{} frames are recorded", result.info.totals.frames));
    if (!result.locked) {
        note("the file system has no locks: others could not tell that the recording went on");
    }
    expect_whole(request, result);
}

} // namespace

const verb record_verb = {"record", "Record a region's frames to files, with no copy", run};

} // namespace memlane::tool
