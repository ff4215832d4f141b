// SPDX-License-Identifier: GPL-2.0-or-later
#include "region_json.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "memlane/units.hpp"

namespace memlane::tool {

using nlohmann::ordered_json;

namespace {

ordered_json to_json(const transfer_counters& counters)
{
    return {{"calls", counters.calls}, {"bytes", counters.bytes}, {"errors", counters.errors}};
}

ordered_json to_json(const screen_status& screen)
{
    return {
        {"node", screen.node},           {"width", screen.size.width},
        {"height", screen.size.height},  {"format", to_string(screen.format)},
        {"stride", screen.stride_bytes}, {"pages", screen.pages},
        {"refresh", screen.refresh_hz},  {"blank", screen.blank},
        {"frames", screen.frames},
    };
}

ordered_json to_json(const ring_status& ring)
{
    return {
        {"slot_size", ring.slot_bytes},
        {"slots", ring.slots},
        {"policy", to_string(ring.policy)},
        {"committed", ring.committed},
        {"delivered", ring.delivered},
        {"dropped", ring.dropped},
        {"waiting", ring.waiting},
        {"filling", ring.filling},
        {"held", ring.held},
    };
}

} // namespace

ordered_json to_json(const region_status& status)
{
    ordered_json json = {
        {"name", status.name},
        {"node", "/dev/memlane/" + status.name},
        {"kind", to_string(status.kind)},
        {"size", status.size_bytes},
        {"segments", status.segments},
        {"phys_addr", nullptr},
        {"page_size", ::sysconf(_SC_PAGESIZE)},
        {"coherent", status.coherent},
        {"open_count", status.open_count},
        {"saved", to_json(status.saved)},
        {"loaded", to_json(status.loaded)},
    };
    if (status.phys_addr) {
        json["phys_addr"] = *status.phys_addr;
    }
    if (status.screen) {
        json["screen"] = to_json(*status.screen);
    }
    if (status.ring) {
        json["ring"] = to_json(*status.ring);
    }
    if (!status.unknown.empty()) {
        json["unknown"] = status.unknown;
    }
    return json;
}

std::string format_slots(const ring_status& ring)
{
    return fmt::format("{} slots of {}, {}", ring.slots, format_bytes(ring.slot_bytes),
                       to_string(ring.policy));
}

std::string format_mode(const screen_status& screen)
{
    return fmt::format("{}x{} {}, {} page{}, {} Hz", screen.size.width, screen.size.height,
                       to_string(screen.format), screen.pages, screen.pages == 1 ? "" : "s",
                       screen.refresh_hz);
}

std::string format_address(const std::optional<std::uint64_t>& address)
{
    return address ? fmt::format("{:#x}", *address) : "-";
}

} // namespace memlane::tool
