// SPDX-License-Identifier: GPL-2.0-or-later
#include "geometry_options.hpp"

#include <stdexcept>

#include "choices.hpp"

namespace memlane::tool {

namespace {

extent to_extent(const std::string& text)
{
    try {
        return parse_extent(text);
    } catch (const std::invalid_argument& e) {
        throw CLI::ValidationError("--geometry", e.what());
    }
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
}

void add_picture_count(CLI::App& app, const std::string& name, std::optional<geometry>& target,
                       std::uint32_t geometry::*member, const std::string& description)
{
    app.add_option_function<std::uint32_t>(
           name,
           [&target, member](const std::uint32_t& count) {
               if (target) {
                   (*target).*member = count;
               }
           },
           description)
        ->type_name("N")
        ->needs("--geometry");
}

} // namespace memlane::tool
