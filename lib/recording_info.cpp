// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/recording_info.hpp"

namespace memlane {

std::string_view to_string(recording_state state) noexcept
{
    switch (state) {
    case recording_state::recording:
        return "recording";
    case recording_state::complete:
        return "complete";
    case recording_state::repaired:
        return "repaired";
    }
    return "unknown";
}

} // namespace memlane
