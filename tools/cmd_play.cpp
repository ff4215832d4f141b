// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "interrupt.hpp"
#include "json_output.hpp"
#include "live_line.hpp"
#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "play.hpp"
#include "region_json.hpp"
#include "schedule.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

struct play_request {
    std::string recording;
    std::string target;
    play_speed speed;
    bool json = false;
};

double frames_per_second(const played& result)
{
    return result.elapsed.count() > 0 ? static_cast<double>(result.frames) / result.elapsed.count()
                                      : 0;
}

std::string describe(const played& result)
{
    return fmt::format("{} frames, {} in {:.2f} s, {:.2f}/s, {} dropped", result.frames,
                       format_bytes(result.bytes), result.elapsed.count(),
                       frames_per_second(result), result.dropped);
}

void print(const play_request& request, const std::string& base, const played& result)
{
    const words_to where = words_beside(request.target);
    if (!request.json) {
        put_line(where, fmt::format("{} -> {}: {}", base, request.target, describe(result)));
        return;
    }
    const ordered_json json = {
        {"schema", json_schema},
        {"verb", "play"},
        {"recording", base},
        {"target", request.target},
        {"frames", result.frames},
        {"bytes", result.bytes},
        {"dropped", result.dropped},
        {"elapsed_ns",
         std::chrono::duration_cast<std::chrono::nanoseconds>(result.elapsed).count()},
        {"frames_per_second", frames_per_second(result)},
    };
    put(where, json_text(json) + "\n");
}

played run_request(const play_request& request, recording& from)
{
    const auto target = open_play_target(request.target, from.info());
    live_line line;
    const bool is_shown = !request.json && live_line::is_wanted();
    return play(from, *target, request.speed, catch_interrupts(), [&](const played& now) {
        if (is_shown && line.is_due()) {
            line.show(describe(now));
        }
    });
}

void run(CLI::App& app, const arguments& args)
{
    play_request request;
    add_required(app, "OUT", request.recording, "OUT, or one of OUT.json, OUT.index and OUT.raw");
    add_source(app, "DST", request.target)
        ->description("A region's NAME or another source, see below; or - for standard output");
    add_real(app, "--rate", request.speed.frames_per_second, 0, fastest_rate,
             "Frames per second, 0 for as fast as can be [as they were recorded; 0 to standard "
             "output]")
        ->type_name("F");
    app.add_flag("--loop", request.speed.loop, "Begin anew at the end, until interrupted");
    app.add_flag("--json", request.json, "Print the result as JSON");
    parse(app, args);
    if (request.target == "-" && ::isatty(STDOUT_FILENO) != 0) {
        throw CLI::ValidationError("DST", "a terminal does not show frames: redirect it");
    }

    recording from(request.recording);
    if (request.target != "-") {
        request.target = source_label(request.target);
    } else if (!request.speed.frames_per_second) {
        request.speed.frames_per_second = 0; // whoever reads a pipe has a clock of his own
    }
    const played result = run_request(request, from);
    put_result([&] { print(request, from.base(), result); },
               fmt::format("{} frames were played", result.frames));
    if (interrupted_by() != 0 && !ended_on_request()) {
        throw_error(EINTR, "play", "recording", from.base(),
                    fmt::format("{} frames were played", result.frames));
    }
}

} // namespace

const verb play_verb = {"play", "Play a recording into memory, on a screen or to a pipe", run};

} // namespace memlane::tool
