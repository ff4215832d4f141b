// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parts of manual pages, in the macros of mdoc(7).
#ifndef MEMLANE_TOOLS_PAGES_MDOC_HPP
#define MEMLANE_TOOLS_PAGES_MDOC_HPP

#include "template.hpp"
#include "verb.hpp"

namespace memlane::tool {

/** @return what any page may want: "verbs", "sources", "exit_status". */
[[nodiscard]] text_map mdoc_texts();

/** @return what the page of a verb may want besides: "head", "parameters", "see_also". */
[[nodiscard]] text_map mdoc_texts(const verb& which);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PAGES_MDOC_HPP
