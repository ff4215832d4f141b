// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/record.hpp"

#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/region.hpp"
#include "memlane/region_status.hpp"
#include "record_run.hpp"

namespace memlane {

record_result record(const std::string& name, const std::string& base,
                     const record_options& options)
{
    const std::string region = region_name(name);
    if (options.sync_every_bytes == 0) {
        throw_error(EINVAL, "record", "region", region, "there are no bytes between two syncs");
    }
    const region_status status = read_status(region);
    if (status.ring) {
        return detail::record_ring(region, base, options);
    }
    if (status.screen) {
        return detail::record_screen(region, base, options);
    }
    throw_error(EOPNOTSUPP, "record", "region", region,
                !status.unknown.empty()
                    ? status.unknown
                    : "it has no frames: create it with --slot-size, or with --geometry");
}

} // namespace memlane
