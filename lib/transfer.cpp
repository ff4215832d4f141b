// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer.hpp"

namespace memlane {

namespace {

detail::memory memory_of(const region& source)
{
    const region_info& info = source.info();
    return {.fd = source.fd(),
            .size_bytes = info.size_bytes,
            .page_bytes = info.page_bytes,
            .label = source.label(),
            .has_kernel_way = true};
}

} // namespace

std::string_view to_string(way which) noexcept
{
    switch (which) {
    case way::automatic:
        return "auto";
    case way::kernel:
        return "kernel";
    case way::direct:
        return "direct";
    case way::buffered:
        return "buffered";
    }
    return "unknown";
}

transfer_result save(const region& source, const std::string& path, const transfer_options& options)
{
    return detail::save(memory_of(source), path, options);
}

transfer_result load(const std::string& path, const region& target, const transfer_options& options)
{
    return detail::load(path, memory_of(target), options);
}

} // namespace memlane
