// SPDX-License-Identifier: LGPL-2.1-or-later
#include "way_list.hpp"

#include <array>

namespace memlane {

std::string_view to_string(way_kind kind) noexcept
{
    switch (kind) {
    case way_kind::automatic:
        return "auto";
    case way_kind::kernel:
        return "kernel";
    case way_kind::direct:
        return "direct";
    case way_kind::bounce:
        return "bounce";
    case way_kind::buffered:
        return "buffered";
    case way_kind::stream:
        return "stream";
    }
    return "unknown";
}

std::span<const way* const> ways() noexcept
{
    static const std::array all = {&detail::kernel(), &detail::direct(), &detail::bounce(),
                                   &detail::buffered()};
    return all;
}

namespace detail {

const way& way_of(way_kind kind)
{
    for (const way* each : ways()) {
        if (each->kind() == kind) {
            return *each;
        }
    }
    return stream();
}

} // namespace detail

} // namespace memlane
