// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

region_status read_directory(const std::string& name)
{
    const std::string base = fmt::format("{}/{}/", detail::class_directory, name);
    const auto number = [&](const char* attribute) {
        return detail::read_number(base + attribute);
    };
    return {
        .name = name,
        .kind = detail::read_attribute(base + "kind") == "reserved" ? region_kind::reserved
                                                                    : region_kind::pages,
        .size_bytes = number("size"),
        .segments = number("segments"),
        .phys_addr = detail::read_optional_number(base + "phys_addr"),
        .open_count = number("open_count"),
        .saved = {number("saves"), number("saved_bytes"), number("save_errors")},
        .loaded = {number("loads"), number("loaded_bytes"), number("load_errors")},
    };
}

} // namespace

bool module_is_loaded()
{
    return detail::exists(detail::module_directory);
}

std::vector<region_status> list_regions()
{
    if (!module_is_loaded()) {
        throw_error(ENOENT, "list", "directory", detail::class_directory, explain_absence());
    }
    std::vector<region_status> regions;
    for (const std::string& name : detail::list_names(detail::class_directory)) {
        try {
            regions.push_back(read_directory(name));
        } catch (const error& e) {
            // Destroyed since its name was read: then it is not in the list.
            if (e.code().value() != ENOENT && e.code().value() != ENODEV) {
                throw;
            }
        }
    }
    return regions;
}

region_status read_status(const std::string& name)
{
    if (!detail::exists(fmt::format("{}/{}", detail::class_directory, name))) {
        throw_error(ENOENT, "find", "region", name, explain_absence());
    }
    return read_directory(name);
}

std::string explain_absence()
{
    if (!module_is_loaded()) {
        return "the module memlane is not loaded";
    }
    const std::vector<std::string> names = detail::list_names(detail::class_directory);
    if (names.empty()) {
        return "there are no regions";
    }
    return fmt::format("the regions are: {}", fmt::join(names, ", "));
}

} // namespace memlane
