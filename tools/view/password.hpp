// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_PASSWORD_HPP
#define MEMLANE_TOOLS_VIEW_PASSWORD_HPP

#include <string>

namespace memlane::tool {

/**
 * @return the first line of a file
 * @throws error EPERM when others than the owner may read it; EINVAL when it is
 *         empty, or longer than the 8 bytes that VNC compares; those of open(2)
 */
[[nodiscard]] std::string read_password(const std::string& path);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_PASSWORD_HPP
