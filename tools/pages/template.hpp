// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PAGES_TEMPLATE_HPP
#define MEMLANE_TOOLS_PAGES_TEMPLATE_HPP

#include <map>
#include <string>
#include <string_view>

namespace memlane::tool {

/** Texts by the name that stands for them in a template. */
using text_map = std::map<std::string, std::string, std::less<>>;

/**
 * Replaces each line that is @NAME@, and nothing else, by the text of that
 * name, whose last line has an end.
 *
 * @throws std::invalid_argument for a name that is not in @p texts
 */
[[nodiscard]] std::string fill(std::string_view form, const text_map& texts);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PAGES_TEMPLATE_HPP
