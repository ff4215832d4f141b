// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_output.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "output.hpp"
#include "printable.hpp"

namespace memlane::tool {

using nlohmann::ordered_json;

namespace {

constexpr int indent = 2;

std::string hex_of(const std::string& text)
{
    std::string digits;
    for (const char each : text) {
        fmt::format_to(std::back_inserter(digits), "{:02x}", static_cast<unsigned char>(each));
    }
    return digits;
}

/** Adds KEY_hex to members whose text is not UTF-8, at any depth. */
void add_bytes_of_names(ordered_json& value)
{
    std::vector<std::pair<std::string, std::string>> members;
    for (auto& [key, each] : value.items()) {
        if (each.is_structured()) {
            add_bytes_of_names(each);
        } else if (value.is_object() && each.is_string() &&
                   !is_utf8(each.get_ref<const std::string&>())) {
            members.emplace_back(key + "_hex", hex_of(each.get_ref<const std::string&>()));
        }
    }
    for (auto& [key, digits] : members) {
        value[key] = std::move(digits);
    }
}

/** Escapes what dump() leaves: control characters that ASCII does not have. */
std::string without_controls(std::string_view json)
{
    std::string text;
    text.reserve(json.size());
    while (!json.empty()) {
        const character next = first_character(json);
        if (next.code != '\n' && is_control(next.code)) {
            fmt::format_to(std::back_inserter(text), "\\u{:04x}",
                           static_cast<std::uint32_t>(next.code));
        } else {
            text += json.substr(0, next.length);
        }
        json.remove_prefix(next.length);
    }
    return text;
}

} // namespace

std::string json_text(ordered_json document)
{
    add_bytes_of_names(document);
    return without_controls(
        document.dump(indent, ' ', false, ordered_json::error_handler_t::replace));
}

void put_json(ordered_json document)
{
    put(json_text(std::move(document)) + "\n");
}

} // namespace memlane::tool
