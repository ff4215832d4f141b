// SPDX-License-Identifier: GPL-2.0-or-later
#include "transfer_command.hpp"

#include <fmt/format.h>

#include <system_error>

#include "choices.hpp"
#include "interrupt.hpp"
#include "json_output.hpp"
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
    put(words_beside(request.target), json_text(json) + "\n");
}

/** What cannot be printed must not hide the failure itself. */
void print_failure(const transfer_request& request, const std::system_error& failure,
                   std::uint64_t bytes) noexcept
{
    if (!request.json) {
        return;
    }
    try {
        ordered_json json = describe(request);
        json["bytes"] = bytes;
        json["error"] = {
            {"errno", failure.code().value()},
            {"name", errno_name(failure.code().value())},
            {"message", failure.what()},
        };
        put(words_beside(request.target), json_text(json) + "\n");
        finish_output();
    } catch (const std::exception& e) {
        note(e.what());
    }
}

void print_text(const transfer_request& request, const transfer_result& result)
{
    const std::chrono::duration<double> seconds = result.elapsed;
    const words_to where = words_beside(request.target);
    put_line(where, fmt::format("{} -> {}: {} in {:.3f} s, {}/s, way {}{}", request.source,
                                request.target, format_bytes(result.bytes), seconds.count(),
                                format_bytes(bytes_per_second(result)), to_string(result.used),
                                request.options.verify ? ", verified" : ""));
    if (request.options.checksum) {
        put_line(where,
                 fmt::format("{} {}", to_string(*request.options.checksum), result.checksum));
    }
    if (request.verbose) {
        note(fmt::format("way {}: {}; {:.3f} s of CPU time", to_string(result.used), result.reason,
                         std::chrono::duration<double>(result.cpu).count()));
    } else if (request.options.requested == way_kind::automatic &&
               result.used == way_kind::buffered) {
        note(fmt::format("through the page cache, since {}", result.reason));
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
    std::optional<transfer_result> result;
    try {
        result = with_progress(request.options, move);
    } catch (const transfer_error& e) {
        print_failure(request, e, e.done_bytes());
        throw;
    } catch (const std::system_error& e) {
        print_failure(request, e, 0);
        throw;
    }
    put_result(
        [&] {
            if (request.json) {
                print_json(request, *result);
            } else {
                print_text(request, *result);
            }
        },
        fmt::format("all {} are in place", format_bytes(result->bytes)));
}

} // namespace memlane::tool
