// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cerrno>

#include "animate.hpp"
#include "choices.hpp"
#include "frame.hpp"
#include "geometry_options.hpp"
#include "interrupt.hpp"
#include "json_output.hpp"
#include "memlane/error.hpp"
#include "output.hpp"
#include "png.hpp"
#include "region_json.hpp"
#include "scale.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

struct draw_request {
    std::string target;
    std::string picture;
    std::optional<pattern_kind> pattern; // or a file
    std::optional<geometry> as;
    std::optional<std::uint64_t> page;
    std::optional<std::string> text;
    std::optional<double> seconds;
    animation_limits limits;
    bool fit = false;
    bool animate = false;
    bool json = false;
};

void add_options(CLI::App& app, draw_request& request)
{
    add_source(app, "DST", request.target);
    add_required(app, "PICTURE", request.picture,
                 "A pattern, " + enumerate_choices("PICTURE") +
                     "; or the path of a PNG, with a dot or a slash");
    add_geometry(app, request.as, "What memory without a geometry of its own is taken for");
    app.add_flag("--fit", request.fit, "Scale a PNG to the screen, keeping its aspect");
    CLI::Option* const page =
        add_bytes(app, "--page", request.page, "Draw there, be it shown or not [the shown one]");
    app.add_option("--text", request.text, "Of the picture text [the geometry and DST]")
        ->type_name(text_type);
    CLI::Option* const animate =
        app.add_flag("--animate", request.animate, "Draw moving pictures until interrupted")
            ->excludes(page);
    CLI::Option* const frames =
        add_bytes(app, "--frames", request.limits.frames, "Stop after as many")->needs(animate);
    add_real(app, "--seconds", request.seconds, 0, 1e9, "Stop after that time")
        ->type_name("S")
        ->needs(animate)
        ->excludes(frames);
    add_real(app, "--fps", request.limits.frames_per_second, 0.001, 1000,
             "Frames per second [as the screen refreshes, or 30]")
        ->type_name("F")
        ->needs(animate);
    app.add_flag("--json", request.json, "Print the result as JSON");
}

std::optional<pattern_kind> parse_pattern(const std::string& name)
{
    for (const pattern_kind each : pattern_choices) {
        if (name == to_string(each)) {
            return each;
        }
    }
    if (name.find_first_of("./") == std::string::npos) {
        throw CLI::ValidationError("PICTURE",
                                   fmt::format("'{}' is neither {} nor the path of a PNG", name,
                                               enumerate_choices("PICTURE")));
    }
    return std::nullopt;
}

/** Options that mean nothing for the picture are a mistake. */
void check_usage(const draw_request& request)
{
    if (request.fit && request.pattern) {
        throw CLI::ValidationError("--fit", "is for a PNG: others are made as large as the screen");
    }
    if (request.text && request.pattern != pattern_kind::text) {
        throw CLI::ValidationError("--text", "is for the picture 'text'");
    }
    if (request.animate && !request.pattern) {
        throw CLI::ValidationError("--animate", "a PNG does not move");
    }
}

/** @return the file's picture, as large as the screen */
picture load_picture(const draw_request& request, extent size)
{
    picture read = read_png(request.picture);
    if (request.fit) {
        read = scaled(read, fitting(read.size(), size));
    }
    if (read.size().width > size.width || read.size().height > size.height) {
        throw_error(ERANGE, "draw", "picture", request.picture,
                    fmt::format("it is {}, {} only {}: --fit scales it down",
                                size_label(read.size()), request.target, size_label(size)));
    }
    return centred(read, size);
}

std::unique_ptr<animation> make(const draw_request& request, const screen_mode& mode)
{
    if (!request.pattern) {
        return make_still(load_picture(request, mode.size));
    }
    const std::string label = mode_label(mode);
    return make_pattern(*request.pattern,
                        {.size = mode.size,
                         .label = label,
                         .text = request.text.value_or(label + "\n" + request.target)});
}

ordered_json describe(const draw_request& request, const screen_mode& mode)
{
    return {
        {"schema", json_schema},
        {"verb", "draw"},
        {"target", request.target},
        {"picture", request.picture},
        {"width", mode.size.width},
        {"height", mode.size.height},
        {"format", layout_label(mode.layout)},
    };
}

std::string headline(const draw_request& request, const screen_mode& mode)
{
    return fmt::format("{}: {}, {}", request.target, request.picture, mode_label(mode));
}

/** @return where it draws: where nothing is to be shown but later, or is shown at once. */
std::uint64_t target_offset(const screen_mode& mode, const draw_request& request)
{
    if (!request.page) {
        return mode.offset_bytes;
    }
    if (*request.page >= mode.pages) {
        throw_error(EINVAL, "draw on", "screen", request.target,
                    fmt::format("there is no page {}, only {}", *request.page, mode.pages));
    }
    return page_offset(mode, static_cast<std::uint32_t>(*request.page));
}

void draw_once(const draw_request& request, const screen& target)
{
    const screen_mode mode = target.mode();
    const memory_writer frame = frame_writer(target, mode, target_offset(mode, request));
    write_frame(make(request, mode)->frame(0), whole(mode.size), mode, frame);

    const std::uint64_t page = request.page.value_or(mode.page);
    if (request.json) {
        ordered_json json = describe(request, mode);
        json["page"] = page;
        put_json(json);
    } else {
        put_line(fmt::format("{}, page {}", headline(request, mode), page));
    }
}

double rate_of(const animation_result& result)
{
    return result.elapsed.count() > 0 ? static_cast<double>(result.frames) / result.elapsed.count()
                                      : 0;
}

void print(const draw_request& request, const screen_mode& mode, const animation_result& result)
{
    if (!request.json) {
        put_line(fmt::format("{}: {} frames in {:.2f} s, {:.1f}/s, {} late",
                             headline(request, mode), result.frames, result.elapsed.count(),
                             rate_of(result), result.late));
        return;
    }
    ordered_json json = describe(request, mode);
    json["frames"] = result.frames;
    json["elapsed_ns"] =
        std::chrono::duration_cast<std::chrono::nanoseconds>(result.elapsed).count();
    json["frames_per_second"] = rate_of(result);
    json["late"] = result.late;
    put_json(json);
}

void draw_many(const draw_request& request, screen& target)
{
    // Only a driver shows another page, and memory with one has its own geometry.
    const bool can_flip = !request.as;
    const animation_result result = animate(
        target, can_flip, [&](const screen_mode& mode) { return make(request, mode); },
        request.limits, catch_interrupts());
    put_result([&] { print(request, target.mode(), result); }, "the last frame is drawn");
    const bool has_end = request.limits.frames || request.limits.elapsed;
    if (interrupted_by() != 0 && (has_end || !ended_on_request())) {
        throw_error(EINTR, "animate", "screen", request.target, "the last frame stays");
    }
}

void run(CLI::App& app, const arguments& args)
{
    draw_request request;
    add_options(app, request);
    parse(app, args);
    request.pattern = parse_pattern(request.picture);
    check_usage(request);
    if (request.seconds) {
        request.limits.elapsed.emplace(*request.seconds);
    }

    request.target = source_label(request.target);
    screen target(request.target, access_mode::read_write, request.as);
    if (request.animate) {
        draw_many(request, target);
    } else {
        draw_once(request, target);
    }
}

} // namespace

const verb draw_verb = {"draw", "Draw a test card, a pattern or a PNG on a screen", run};

} // namespace memlane::tool
