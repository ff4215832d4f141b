// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>

#include "choices.hpp"
#include "interrupt.hpp"
#include "json_output.hpp"
#include "live_line.hpp"
#include "memlane/error.hpp"
#include "memlane/frame_stamp.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "produce.hpp"
#include "region_json.hpp"
#include "schedule.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

struct produce_request {
    std::string region;
    production what;
    rate speed;
    std::optional<std::uint64_t> length;
    std::optional<double> seconds;
    bool no_stamp = false;
    bool json = false;
};

void add_rate(CLI::App& app, rate& target)
{
    const auto set = [&target](const std::string& text) {
        try {
            target = parse_rate(text);
        } catch (const std::invalid_argument& e) {
            throw CLI::ValidationError("--rate", e.what());
        }
    };
    app.add_option_function<std::string>(
           "--rate", set, "Frames per second, or bytes as 100M/s [as fast as can be]")
        ->type_name("RATE");
}

void add_content(CLI::App& app, frame_content& target)
{
    const auto set = [&target](const std::string& name) {
        for (const frame_content each : content_choices) {
            if (name == to_string(each)) {
                target = each;
            }
        }
    };
    app.add_option_function<std::string>("--pattern", set,
                                         "What is in the frames: " + enumerate_choices("PATTERN") +
                                             " [counter]")
        ->check(CLI::IsMember(choices("PATTERN")).description(""))
        ->type_name("PATTERN");
}

void add_options(CLI::App& app, produce_request& request)
{
    add_region(app, request.region);
    add_content(app, request.what.content);
    add_rate(app, request.speed);
    CLI::Option* const frames =
        add_bytes(app, "--frames", request.what.frames, "Stop after as many");
    add_real(app, "--seconds", request.seconds, 0, 1e9, "Stop after that time")
        ->type_name("S")
        ->excludes(frames);
    add_bytes(app, "--length", request.length, "Bytes of a frame [a slot's]");
    app.add_flag("--no-stamp", request.no_stamp,
                 "Fill each slot but once, and commit without number and checksum");
    app.add_flag("--json", request.json, "Print the result as JSON");
}

[[noreturn]] void refuse(const std::string& uri, std::string_view why)
{
    throw_error(EINVAL, "produce", "frames in", uri, why);
}

std::uint32_t length_of(const produce_request& request, const frame_producer& producer)
{
    const std::uint64_t length = request.length.value_or(producer.slot_bytes());
    if (length > producer.slot_bytes()) {
        refuse(producer.uri(), fmt::format("--length {} is more than a slot's {} bytes", length,
                                           producer.slot_bytes()));
    }
    if (!request.no_stamp && length < frame_stamp_bytes) {
        refuse(producer.uri(),
               fmt::format("--length {} is less than the {} bytes of a stamp: --no-stamp goes "
                           "without",
                           length, frame_stamp_bytes));
    }
    return static_cast<std::uint32_t>(length);
}

double frames_per_second_of(const produce_request& request, const frame_producer& producer)
{
    if (request.speed.per_second == 0) {
        return 0;
    }
    const double frames = request.speed.frames_per_second(request.what.length_bytes);
    if (!(frames >= slowest_rate && frames <= fastest_rate)) {
        refuse(producer.uri(),
               fmt::format("--rate makes {:g} frames of {} bytes a second; there "
                           "must be {} to {:.0f}",
                           frames, request.what.length_bytes, slowest_rate, fastest_rate));
    }
    return frames;
}

std::uint64_t bytes_per_second(const produce_request& request, const produced& result)
{
    return static_cast<std::uint64_t>(result.frames_per_second() * request.what.length_bytes);
}

std::string describe(const produce_request& request, const produced& result)
{
    return fmt::format("{} frames in {:.2f} s, {:.2f}/s, {}/s, {} dropped", result.frames,
                       result.elapsed.count(), result.frames_per_second(),
                       format_bytes(bytes_per_second(request, result)), result.dropped);
}

void print(const produce_request& request, const frame_producer& producer, const produced& result)
{
    if (!request.json) {
        put_line(fmt::format("{}: {}, {} each{}: {}", producer.uri(),
                             to_string(request.what.content),
                             format_bytes(request.what.length_bytes),
                             request.no_stamp ? ", not stamped" : "", describe(request, result)));
        return;
    }
    const ordered_json json = {
        {"schema", json_schema},
        {"verb", "produce"},
        {"region", producer.uri()},
        {"pattern", to_string(request.what.content)},
        {"stamped", request.what.stamped},
        {"length", request.what.length_bytes},
        {"first_sequence", producer.next_sequence() - result.frames},
        {"frames", result.frames},
        {"dropped", result.dropped},
        {"elapsed_ns",
         std::chrono::duration_cast<std::chrono::nanoseconds>(result.elapsed).count()},
        {"frames_per_second", result.frames_per_second()},
        {"bytes_per_second", bytes_per_second(request, result)},
    };
    put_json(json);
}

produced run_request(const produce_request& request, frame_producer& producer)
{
    live_line line;
    const bool is_shown = !request.json && live_line::is_wanted();
    return produce(producer, request.what, catch_interrupts(), [&](const auto& now) {
        if (is_shown && line.is_due()) {
            line.show(describe(request, now()));
        }
    });
}

void run(CLI::App& app, const arguments& args)
{
    produce_request request;
    add_options(app, request);
    parse(app, args);
    if (request.seconds) {
        request.what.elapsed.emplace(*request.seconds);
    }

    frame_producer producer(request.region);
    request.what.stamped = !request.no_stamp;
    request.what.length_bytes = length_of(request, producer);
    request.what.frames_per_second = frames_per_second_of(request, producer);
    const produced result = run_request(request, producer);
    put_result([&] { print(request, producer, result); },
               fmt::format("{} frames are committed", result.frames));
    const bool has_end = request.what.frames || request.what.elapsed;
    if (interrupted_by() != 0 && (has_end || !ended_on_request())) {
        throw_error(EINTR, "produce", "frames in", producer.uri(),
                    fmt::format("{} frames were committed", result.frames));
    }
}

} // namespace

const verb produce_verb = {"produce", "Fill a frame ring from this program", run};

} // namespace memlane::tool
