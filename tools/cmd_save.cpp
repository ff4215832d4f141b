// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "memlane/source.hpp"
#include "transfer_command.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    transfer_request request("save");
    add_source(app, "SRC", request.source);
    add_required(
        app, "FILE", request.target,
        "A regular file, made or replaced, a block device, a FIFO, or - for standard output");
    add_transfer_options(app, request);
    app.add_flag_callback(
        "--no-sync", [&request] { request.options.sync = false; },
        "Do not wait until the data is on the device");
    add_mode(app, request.options.file_mode);
    parse(app, args);
    if (request.target == "-" && ::isatty(STDOUT_FILENO) != 0) {
        throw CLI::ValidationError("FILE", "a terminal does not show memory: redirect it, or dump");
    }

    request.source = source_label(request.source);
    run_transfer(request, [&](const transfer_options& options) {
        return save(*open_source(request.source), request.target, options);
    });
}

} // namespace

const verb save_verb = {"save", "Save memory to a file, a block device or a pipe", run};

} // namespace memlane::tool
