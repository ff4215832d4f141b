// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    std::string name;
    add_region(app, name);
    parse(app, args);
    destroy_region(region_name(name));
}

} // namespace

const verb destroy_verb = {"destroy", "Destroy a region that nobody uses", run};

} // namespace memlane::tool
