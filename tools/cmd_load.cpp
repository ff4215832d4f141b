// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/source.hpp"
#include "transfer_command.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    transfer_request request("load");
    add_required(app, "FILE", request.source,
                 "A regular file, a block device, a FIFO, or - for standard input");
    add_source(app, "DST", request.target);
    add_transfer_options(app, request);
    parse(app, args);

    request.target = source_label(request.target);
    run_transfer(request, [&](const transfer_options& options) {
        return load(request.source, *open_source(request.target, access_mode::read_write), options);
    });
}

} // namespace

const verb load_verb = {"load", "Fill memory from a file, a block device or a pipe", run};

} // namespace memlane::tool
