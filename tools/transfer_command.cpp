// SPDX-License-Identifier: GPL-2.0-or-later
#include "transfer_command.hpp"

#include <fmt/format.h>

#include <system_error>

#include "interrupt.hpp"
#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "region_json.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

way parse_way(const std::string& text)
{
    for (const way each : {way::automatic, way::kernel, way::direct, way::buffered}) {
        if (text == to_string(each)) {
            return each;
        }
    }
    throw CLI::ValidationError("--way", fmt::format("'{}' is no way", text));
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

void print_json(ordered_json json, const transfer_request& request, const transfer_result& result)
{
    json["bytes"] = result.bytes;
    json["elapsed_ns"] = result.elapsed.count();
    json["bytes_per_second"] = bytes_per_second(result);
    json["way"] = to_string(result.used);
    json["reason"] = result.reason;
    json["synced"] = request.verb == "save" && request.options.sync;
    json["verified"] = request.options.verify;
    put_line(json.dump(2));
}

void print_json(ordered_json json, const std::system_error& failure, std::uint64_t bytes)
{
    json["bytes"] = bytes;
    json["error"] = {
        {"errno", failure.code().value()},
        {"name", errno_name(failure.code().value())},
        {"message", failure.what()},
    };
    put_line(json.dump(2));
    finish_output();
}

void print_text(const transfer_request& request, const transfer_result& result)
{
    const std::chrono::duration<double> seconds = result.elapsed;
    put_line(fmt::format("{} -> {}: {} in {:.3f} s, {}/s, way {}{}", request.source, request.target,
                         format_bytes(result.bytes), seconds.count(),
                         format_bytes(bytes_per_second(result)), to_string(result.used),
                         request.options.verify ? ", verified" : ""));
    if (request.options.requested == way::automatic && result.used == way::buffered) {
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
    add_bytes(app, "--offset", options.offset_bytes, "First byte in the region [0]");
    add_bytes(app, "--length", options.length_bytes, "Bytes [all there are]");
    add_bytes(app, "--file-offset", options.file_offset_bytes,
              "First byte in the file; what lies around the range in it is kept");
    app.add_option_function<std::string>(
           "--way", [&options](const std::string& text) { options.requested = parse_way(text); },
           "auto, kernel, direct or buffered [auto]")
        ->type_name("WAY");
    add_bytes(app, "--io-size", options.io_bytes, "Bytes of one I/O [4M]");
    add_bytes(app, "--depth", options.depth, "I/Os in flight, up to 64 [4]");
    app.add_flag("--verify", options.verify, "Read the file back and compare");
    app.add_flag("--json", request.json, "Print the result as JSON");
}

void run_transfer(transfer_request& request,
                  const std::function<transfer_result(const transfer_options&)>& move)
{
    try {
        const transfer_result result = with_progress(request.options, move);
        if (request.json) {
            print_json(describe(request), request, result);
        } else {
            print_text(request, result);
        }
    } catch (const transfer_error& e) {
        if (request.json) {
            print_json(describe(request), e, e.done_bytes());
        }
        throw;
    } catch (const std::system_error& e) {
        if (request.json) {
            print_json(describe(request), e, 0);
        }
        throw;
    }
}

} // namespace memlane::tool
