// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_INPUT_FILE_HPP
#define MEMLANE_TOOLS_INPUT_FILE_HPP

#include <string>

#include "memlane/unique_fd.hpp"

namespace memlane::tool {

/**
 * Opens a file to read, which may be a pipe that somebody writes, as <(...) of a shell is.
 * One that nobody has opened to write is at its end, and not waited for.
 *
 * @return below 0, with errno set, where open(2) fails
 */
[[nodiscard]] unique_fd open_input(const std::string& path);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_INPUT_FILE_HPP
