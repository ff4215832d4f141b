// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lockdown.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "sysfs.hpp"

namespace memlane::detail {

namespace {

constexpr const char* lockdown_file = "/sys/kernel/security/lockdown";

/** @return "integrity" of "none [integrity] confidentiality" */
std::string mode_in(const std::string& text)
{
    const std::size_t start = text.find('[');
    const std::size_t end = text.find(']');
    return start < end && end != std::string::npos ? text.substr(start + 1, end - start - 1) : "";
}

} // namespace

std::string describe_lockdown()
{
    try {
        const std::string mode = mode_in(read_attribute(lockdown_file));
        return mode.empty() || mode == "none" ? ""
                                              : fmt::format("the kernel is locked down ({})", mode);
    } catch (const std::system_error&) {
        return {}; // older, or securityfs is not mounted
    }
}

std::string explain_lockdown(int errnum)
{
    return errnum == EPERM ? describe_lockdown() : "";
}

} // namespace memlane::detail
