// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <limits>

#include "choices.hpp"
#include "geometry_options.hpp"
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/region_status.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "region_json.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void add_framebuffer(CLI::App& app, std::optional<geometry>& picture)
{
    add_geometry(app, picture, "Makes it a framebuffer, /dev/fbN, of this size in pixels");
    app.add_option_function<std::uint32_t>(
           "--refresh",
           [&picture](const std::uint32_t& rate) {
               // Without --geometry, parse() refuses.
               if (picture) {
                   picture->refresh_hz = rate;
               }
           },
           "Pictures a second, 1 to 1000 [60]")
        ->type_name("N")
        ->needs("--geometry");
}

void add_ring(CLI::App& app, std::optional<ring_spec>& ring)
{
    CLI::Option* const slot_size =
        app.add_option_function<std::string>(
               "--slot-size",
               [&ring](const std::string& text) {
                   constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
                   const std::uint64_t bytes = parse_number("--slot-size", text, most);
                   ring.emplace().slot_bytes = static_cast<std::uint32_t>(bytes);
               },
               "Cuts it into slots of so many bytes, for frames")
            ->type_name("N");
    app.add_option_function<std::string>(
           "--policy",
           [&ring](const std::string& name) {
               // Without --slot-size, parse() refuses.
               if (ring) {
                   ring->policy = *parse_drop_policy(name);
               }
           },
           "Which frame is lost when no slot is free: " + enumerate_choices("POLICY") +
               " [drop-newest]")
        ->check(CLI::IsMember(choices("POLICY")).description(""))
        ->type_name("POLICY")
        ->needs(slot_size);
}

std::string describe(const region_status& made)
{
    std::string text = fmt::format("/dev/memlane/{}: {}, {}", made.name,
                                   format_bytes(made.size_bytes), to_string(made.kind));
    if (made.screen) {
        text += fmt::format("; {}: {}", made.screen->node, format_mode(*made.screen));
    }
    if (made.ring) {
        text += "; " + format_slots(*made.ring);
    }
    return text;
}

void run(CLI::App& app, const arguments& args)
{
    region_spec spec;
    add_required(app, "NAME", spec.name, "At most 31 of A-Z a-z 0-9 . _ -");
    add_bytes(app, "--size", spec.size_bytes,
              "Bytes, a multiple of the page size; not needed with --geometry");
    add_bytes(app, "--phys", spec.phys_addr,
              "Physical address of a range outside System RAM, instead of fresh pages");
    app.add_flag("--contiguous", spec.contiguous, "In one physical piece, or not at all");
    add_framebuffer(app, spec.picture);
    add_ring(app, spec.ring);
    parse(app, args);
    if (app.count("--size") == 0 && !spec.picture) {
        throw CLI::RequiredError("--size");
    }

    spec.name = region_name(spec.name);
    create_region(spec);
    put_result([&] { put_line(describe(read_status(spec.name))); },
               fmt::format("/dev/memlane/{} is there", spec.name));
}

} // namespace

const verb create_verb = {"create", "Create a region", run};

} // namespace memlane::tool
