// SPDX-License-Identifier: GPL-2.0-or-later
#include "transfer_command.hpp"

#include <fmt/format.h>

#include <system_error>

#include "choices.hpp"
#include "interrupt.hpp"
#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "region_json.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

way_kind parse_way(const std::string& text)
{
    for (const way_kind each : way_choices) {
        if (text == to_string(each)) {
            return each;
        }
    }
    throw CLI::ValidationError("--way", fmt::format("'{}' is no way", text));
}

checksum_kind parse_checksum(const std::string& text)
{
    if (const auto kind = parse_checksum_kind(text)) {
        return *kind;
    }
    throw CLI::ValidationError("--checksum", fmt::format("'{}' is no checksum", text));
}

/** Where data goes to standard output, words go to standard error. */
void say(const transfer_request& request, const std::string& text)
{
    if (request.target == "-") {
        fmt::print(stderr, "{}\n", text);
    } else {
        put_line(text);
    }
}

std::uint64_t bytes_per_second(const transfer_result& result)
{
    const std::chrono::duration<double> seconds = result.elapsed;
    return seconds.count() > 0
               ? static_cast<std::uint64_t>(static_cast<double>(result.bytes) / seconds.count())
               : 0;
}

ordered_json describe(const transfer_request& request)
{
    return {
        {"schema", json_schema},
        {"verb", request.verb},
        {"source", request.source},
        {"target", request.target},
        {"offset", request.options.offset_bytes},
        {"file_offset", request.options.file_offset_bytes.value_or(0)},
        {"requested_way", to_string(request.options.requested)},
    };
}

void print_json(const transfer_request& request, const transfer_result& result)
{
    ordered_json json = describe(request);
    json["bytes"] = result.bytes;
    json["elapsed_ns"] = result.elapsed.count();
    json["bytes_per_second"] = bytes_per_second(result);
    json["cpu_ns"] = result.cpu.count();
    json["way"] = to_string(result.used);
    json["reason"] = result.reason;
    json["synced"] = request.verb == "save" && request.options.sync;
    json["verified"] = request.options.verify;
    if (request.options.checksum) {
        json["checksum"] = {{"kind", to_string(*request.options.checksum)},
                            {"value", result.checksum}};
    }
    say(request, json.dump(2));
}

void print_json(const transfer_request& request, const std::system_error& failure,
                std::uint64_t bytes)
{
    ordered_json json = describe(request);
    json["bytes"] = bytes;
    json["error"] = {
        {"errno", failure.code().value()},
        {"name", errno_name(failure.code().value())},
        {"message", failure.what()},
    };
    say(request, json.dump(2));
    finish_output();
}

void print_text(const transfer_request& request, const transfer_result& result)
{
    const std::chrono::duration<double> seconds = result.elapsed;
    say(request, fmt::format("{} -> {}: {} in {:.3f} s, {}/s, way {}{}", request.source,
                             request.target, format_bytes(result.bytes), seconds.count(),
                             format_bytes(bytes_per_second(result)), to_string(result.used),
                             request.options.verify ? ", verified" : ""));
    if (request.options.checksum) {
        say(request, fmt::format("{} {}", to_string(*request.options.checksum), result.checksum));
    }
    if (request.verbose) {
        fmt::print(stderr, "memlane: way {}: {}; {:.3f} s of CPU time\n", to_string(result.used),
                   result.reason, std::chrono::duration<double>(result.cpu).count());
    } else if (request.options.requested == way_kind::automatic &&
               result.used == way_kind::buffered) {
        fmt::print(stderr, "memlane: through the page cache, since {}\n", result.reason);
    }
}

transfer_result with_progress(transfer_options options,
                              const std::function<transfer_result(const transfer_options&)>& move)
{
    options.stop = &catch_interrupts();
    progress_bar bar;
    if (progress_bar::is_wanted()) {
        options.progress = [&bar](const transfer_progress& now) { bar.update(now); };
    }
    return move(options);
}

} // namespace

void add_transfer_options(CLI::App& app, transfer_request& request)
{
    transfer_options& options = request.options;
    add_bytes(app, "--offset", options.offset_bytes, "First byte in the memory [0]");
    add_bytes(app, "--length", options.length_bytes, "Bytes [all there are]");
    add_bytes(app, "--file-offset", options.file_offset_bytes,
              "First byte in the file; what lies around the range in it is kept");
    app.add_option_function<std::string>(
           "--way", [&options](const std::string& text) { options.requested = parse_way(text); },
           enumerate_choices("WAY") + " [auto]")
        ->type_name("WAY");
    add_bytes(app, "--io-size", options.io_bytes,
              "Bytes of one I/O [4M; 16M where nothing is copied]");
    add_bytes(app, "--depth", options.depth, "I/Os in flight, up to 64 [4]");
    app.add_flag("--verify", options.verify, "Read the file back and compare");
    app.add_option_function<std::string>(
           "--checksum",
           [&options](const std::string& text) { options.checksum = parse_checksum(text); },
           "Of the bytes that are moved: " + enumerate_choices("KIND"))
        ->type_name("KIND");
    app.add_flag("--verbose", request.verbose, "Say which way was taken, and why");
    app.add_flag("--json", request.json, "Print the result as JSON");
}

void run_transfer(transfer_request& request,
                  const std::function<transfer_result(const transfer_options&)>& move)
{
    try {
        const transfer_result result = with_progress(request.options, move);
        if (request.json) {
            print_json(request, result);
        } else {
            print_text(request, result);
        }
    } catch (const transfer_error& e) {
        if (request.json) {
            print_json(request, e, e.done_bytes());
        }
        throw;
    } catch (const std::system_error& e) {
        if (request.json) {
            print_json(request, e, 0);
        }
        throw;
    }
}

} // namespace memlane::tool
