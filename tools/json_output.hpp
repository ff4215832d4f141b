// SPDX-License-Identifier: GPL-2.0-or-later
//
// All that --json prints goes through here.
#ifndef MEMLANE_TOOLS_JSON_OUTPUT_HPP
#define MEMLANE_TOOLS_JSON_OUTPUT_HPP

#include <nlohmann/json.hpp>
#include <string>

namespace memlane::tool {

/**
 * Never throws for what is in it. JSON is UTF-8, names of files need not be: a member
 * KEY with such a text has U+FFFD in place of the bytes that are none, and beside it is
 * KEY_hex with all its bytes as hex digits, so that programs can still tell which it was.
 * Control characters are escaped, those beyond ASCII too.
 *
 * @return @p document as text of several lines
 */
[[nodiscard]] std::string json_text(nlohmann::ordered_json document);

/** Writes it to standard output. @throws output_error as put() */
void put_json(nlohmann::ordered_json document);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_JSON_OUTPUT_HPP
