// SPDX-License-Identifier: GPL-2.0-or-later
#include "printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace memlane::tool {

namespace {

/** Characters of a length in bytes: how their first byte begins, and the least that needs it. */
struct form {
    unsigned char mask;
    unsigned char lead;
    char32_t least;
};

constexpr std::array<form, 4> forms = {
    form{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

constexpr char32_t last_code = 0x10ffff;

struct range {
    char32_t first;
    char32_t last;
};

// C0; DEL and C1; marks, embeddings and isolates of the direction; line separators.
constexpr std::array<range, 6> controls = {range{0, 0x1f},   {0x7f, 0x9f},     {0x200e, 0x200f},
                                           {0x2028, 0x202e}, {0x2066, 0x2069}, {0x61c, 0x61c}};

constexpr bool is_surrogate(char32_t code) noexcept
{
    return code >= 0xd800 && code <= 0xdfff;
}

} // namespace

character first_character(std::string_view text) noexcept
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto* const found = std::find_if(forms.begin(), forms.end(), [&](const form& each) {
        return (byte(0) & each.mask) == each.lead;
    });
    const auto length = static_cast<std::size_t>(found - forms.begin()) + 1;
    if (found == forms.end() || length > text.size()) {
        return {};
    }
    char32_t code = byte(0) & static_cast<unsigned char>(~found->mask);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return {};
        }
        code = code << 6U | (byte(i) & 0x3fU);
    }
    if (code < found->least || code > last_code || is_surrogate(code)) {
        return {};
    }
    return {.code = code, .length = length, .valid = true};
}

bool is_control(char32_t code) noexcept
{
    return std::any_of(controls.begin(), controls.end(), [code](const range& each) {
        return code >= each.first && code <= each.last;
    });
}

bool is_utf8(std::string_view text) noexcept
{
    while (!text.empty()) {
        const character next = first_character(text);
        if (!next.valid) {
            return false;
        }
        text.remove_prefix(next.length);
    }
    return true;
}

std::string printable(std::string_view text)
{
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const character next = first_character(text);
        const std::string_view bytes = text.substr(0, next.length);
        if (next.valid && !is_control(next.code)) {
            shown += bytes;
        } else {
            for (const char each : bytes) {
                fmt::format_to(std::back_inserter(shown), "\\x{:02x}",
                               static_cast<unsigned char>(each));
            }
        }
        text.remove_prefix(next.length);
    }
    return shown;
}

} // namespace memlane::tool
