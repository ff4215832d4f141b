// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/region_status.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    region_spec spec;
    add_required(app, "NAME", spec.name, "At most 31 of A-Z a-z 0-9 . _ -");
    add_bytes(app, "--size", spec.size_bytes, "Bytes, a multiple of the page size")->required();
    add_bytes(app, "--phys", spec.phys_addr,
              "Physical address of a range outside System RAM, instead of fresh pages");
    app.add_flag("--contiguous", spec.contiguous, "In one physical piece, or not at all");
    parse(app, args);

    spec.name = region_name(spec.name);
    create_region(spec);
    const region_status made = read_status(spec.name);
    put_line(fmt::format("/dev/memlane/{}: {}, {}", made.name, format_bytes(made.size_bytes),
                         to_string(made.kind)));
}

} // namespace

const verb create_verb = {"create", "Create a region", run};

} // namespace memlane::tool
