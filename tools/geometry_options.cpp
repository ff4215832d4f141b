// SPDX-License-Identifier: GPL-2.0-or-later
#include "geometry_options.hpp"

#include <stdexcept>

#include "choices.hpp"

namespace memlane::tool {

namespace {

constexpr std::uint64_t pages_max = 65535;

extent to_extent(const std::string& text)
{
    try {
        return parse_extent(text);
    } catch (const std::invalid_argument& e) {
        throw CLI::ValidationError("--geometry", e.what());
    }
}

std::uint32_t to_pages(const std::string& text)
{
    const std::uint64_t pages = parse_number("--pages", text, pages_max);
    if (pages == 0) {
        throw CLI::ValidationError("--pages", "there is at least one");
    }
    return static_cast<std::uint32_t>(pages);
}

} // namespace

void add_geometry(CLI::App& app, std::optional<geometry>& target, const std::string& purpose)
{
    CLI::Option* const size =
        app.add_option_function<std::string>(
               "--geometry",
               [&target](const std::string& text) { target.emplace().size = to_extent(text); },
               purpose)
            ->type_name("WxH");
    app.add_option_function<std::string>(
           "--format",
           [&target](const std::string& name) {
               // Comes after --geometry whatever the order; without it, parse() refuses.
               if (target) {
                   target->format = *parse_pixel_format(name);
               }
           },
           "Of its pixels: " + enumerate_choices("FORMAT") + " [xrgb8888]")
        ->check(CLI::IsMember(choices("FORMAT")).description(""))
        ->type_name("FORMAT")
        ->needs(size);
    app.add_option_function<std::string>(
           "--pages",
           [&target](const std::string& text) {
               if (target) {
                   target->pages = to_pages(text);
               }
           },
           "Pictures one behind the other [1]")
        ->type_name("N")
        ->needs(size);
}

} // namespace memlane::tool
