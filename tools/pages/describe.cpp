// SPDX-License-Identifier: GPL-2.0-or-later
#include "describe.hpp"

#include <array>
#include <stdexcept>

namespace memlane::tool {

namespace {

/** Takes " [DEFAULT]" off the end of a description. */
std::string cut_fallback(std::string& description)
{
    const std::size_t start = description.rfind(" [");
    if (start == std::string::npos || !description.ends_with(']')) {
        return {};
    }
    std::string fallback = description.substr(start + 2, description.size() - start - 3);
    description.resize(start);
    return fallback;
}

parameter describe(const CLI::Option& option)
{
    parameter it = {.description = option.get_description(),
                    .fallback = option.get_default_str(),
                    .required = option.get_required(),
                    .repeated = option.get_items_expected_max() > 1};
    if (option.get_positional()) {
        it.name = option.get_name(true);
        it.value = it.name;
    } else {
        it.name = "--" + option.get_lnames().at(0);
        it.short_name = option.get_snames().empty() ? "" : "-" + option.get_snames()[0];
        it.value = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
    }
    if (it.fallback.empty()) {
        it.fallback = cut_fallback(it.description);
    }
    return it;
}

/**
 * Lets the verb add its options, and ends it where it parses. As with --help,
 * the variables that the options write to are gone then; their texts are not.
 */
void declare(const verb& which, CLI::App& app)
{
    const std::string name(which.name);
    const std::array values = {name.c_str(), "--help"};
    try {
        which.run(app, {static_cast<int>(values.size()), values.data()});
    } catch (const CLI::CallForHelp&) {
        return;
    }
    throw std::logic_error(name + " does not parse its arguments");
}

} // namespace

synopsis describe(const verb& which)
{
    CLI::App app;
    declare(which, app);
    const CLI::App& declared = app;
    synopsis all;
    for (const CLI::Option* each : declared.get_options()) {
        (each->get_positional() ? all.arguments : all.options).push_back(describe(*each));
    }
    return all;
}

bool is_source(const parameter& argument)
{
    return argument.name == "SRC" || argument.name == "DST";
}

} // namespace memlane::tool
