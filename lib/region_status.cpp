// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "memlane/error.hpp"
#include "memlane/screen.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

/** @param base of the region's attributes, with a slash at its end */
std::optional<screen_status> read_screen(const std::string& name, const std::string& base)
{
    if (!detail::exists(base + "geometry")) {
        return std::nullopt;
    }
    const auto number = [&](const char* attribute) {
        return static_cast<std::uint32_t>(detail::read_number(base + attribute));
    };
    const extent size = parse_extent(detail::read_attribute(base + "geometry"));
    return screen_status{
        .node = framebuffer_of(name).value_or(""),
        .size = size,
        .format = parse_pixel_format(detail::read_attribute(base + "format")).value(),
        .stride_bytes = number("stride"),
        .pages = std::max(1U, number("rows") / size.height),
        .refresh_hz = number("refresh"),
        .blank = number("blank") != 0,
        .frames = detail::read_number(base + "frames"),
    };
}

/** @param base of the region's attributes, with a slash at its end */
std::optional<ring_status> read_ring(const std::string& base)
{
    if (!detail::exists(base + "ring")) {
        return std::nullopt;
    }
    ring_status now = {
        .slot_bytes = static_cast<std::uint32_t>(detail::read_number(base + "slot_size")),
        .slots = static_cast<std::uint32_t>(detail::read_number(base + "slots")),
        .policy = parse_drop_policy(detail::read_attribute(base + "policy")).value(),
    };
    std::istringstream counts(detail::read_attribute(base + "ring"));
    counts >> now.committed >> now.delivered >> now.dropped >> now.waiting >> now.filling >>
        now.held;
    return now;
}

region_kind parse_kind(std::string_view text)
{
    for (const region_kind each : {region_kind::reserved, region_kind::client}) {
        if (text == to_string(each)) {
            return each;
        }
    }
    return region_kind::pages;
}

region_status read_directory(const std::string& name)
{
    const std::string base = fmt::format("{}/{}/", detail::class_directory, name);
    const auto number = [&](const char* attribute) {
        return detail::read_number(base + attribute);
    };
    return {
        .name = name,
        .kind = parse_kind(detail::read_attribute(base + "kind")),
        .size_bytes = number("size"),
        .segments = number("segments"),
        .phys_addr = detail::read_optional_number(base + "phys_addr"),
        .coherent = number("coherent") != 0,
        .open_count = number("open_count"),
        .screen = read_screen(name, base),
        .ring = read_ring(base),
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
