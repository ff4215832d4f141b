// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a framebuffer shall be, or what memory without a driver is taken for.
#ifndef MEMLANE_TOOLS_GEOMETRY_OPTIONS_HPP
#define MEMLANE_TOOLS_GEOMETRY_OPTIONS_HPP

#include <optional>
#include <string>

#include "memlane/screen.hpp"
#include "options.hpp"

namespace memlane::tool {

/**
 * Adds --geometry, --format and --pages.
 *
 * @param target nothing unless --geometry is given
 * @param purpose of --geometry, for the help
 */
void add_geometry(CLI::App& app, std::optional<geometry>& target, const std::string& purpose);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_GEOMETRY_OPTIONS_HPP
