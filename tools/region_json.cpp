// SPDX-License-Identifier: GPL-2.0-or-later
#include "region_json.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace memlane::tool {

using nlohmann::ordered_json;

namespace {

ordered_json to_json(const transfer_counters& counters)
{
    return {{"calls", counters.calls}, {"bytes", counters.bytes}, {"errors", counters.errors}};
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
        {"open_count", status.open_count},
        {"saved", to_json(status.saved)},
        {"loaded", to_json(status.loaded)},
    };
    if (status.phys_addr) {
        json["phys_addr"] = *status.phys_addr;
    }
    return json;
}

std::string format_address(const std::optional<std::uint64_t>& address)
{
    return address ? fmt::format("{:#x}", *address) : "-";
}

} // namespace memlane::tool
