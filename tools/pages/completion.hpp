// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parts of the completion scripts, which know nothing of verbs themselves.
#ifndef MEMLANE_TOOLS_PAGES_COMPLETION_HPP
#define MEMLANE_TOOLS_PAGES_COMPLETION_HPP

#include "template.hpp"

namespace memlane::tool {

/**
 * @return "SHELL_NAME" texts: verbs with what they take, values of which an
 *         option takes one, prefixes of sources, and those that a path follows
 */
[[nodiscard]] text_map completion_texts();

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PAGES_COMPLETION_HPP
