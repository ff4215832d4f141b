// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/region.hpp"
#include "transfer_command.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    transfer_request request("load");
    add_required(app, "FILE", request.source, "A regular file or a block device");
    add_required(app, "DST", request.target, region_forms);
    add_transfer_options(app, request);
    parse(app, args);

    const std::string name = region_name(request.target);
    request.target = "memlane:" + name;
    run_transfer(request, [&](const transfer_options& options) {
        return load(request.source, region(name, access_mode::read_write), options);
    });
}

} // namespace

const verb load_verb = {"load", "Fill a region, or part of it, from a file or a block device", run};

} // namespace memlane::tool
