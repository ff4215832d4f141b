// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/region.hpp"
#include "transfer_command.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    transfer_request request("save");
    add_required(app, "SRC", request.source, region_forms);
    add_required(app, "FILE", request.target,
                 "A regular file, made or replaced, or a block device");
    add_transfer_options(app, request);
    app.add_flag_callback(
        "--no-sync", [&request] { request.options.sync = false; },
        "Do not wait until the data is on the device");
    parse(app, args);

    const std::string name = region_name(request.source);
    request.source = "memlane:" + name;
    run_transfer(request, [&](const transfer_options& options) {
        return save(region(name), request.target, options);
    });
}

} // namespace

const verb save_verb = {"save", "Save a region, or part of it, to a file or a block device", run};

} // namespace memlane::tool
