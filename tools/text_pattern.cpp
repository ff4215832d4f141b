// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_pattern.hpp"

#include <algorithm>
#include <cctype>

#include "font.hpp"

namespace memlane::tool {

namespace {

constexpr rgb white = {255, 255, 255};

/** Cuts the next line off @p rest, which has no line break. */
std::string take_line(std::string_view& rest, std::size_t columns)
{
    std::size_t end = rest.size();
    if (rest.size() > columns) {
        const std::size_t space = rest.rfind(' ', columns);
        end = space == std::string_view::npos || space == 0 ? columns : space;
    }
    std::string line(rest.substr(0, end));
    rest.remove_prefix(end);
    if (rest.starts_with(' ')) {
        rest.remove_prefix(1);
    }
    return line;
}

/** What a text looks like at a scale. */
struct text_layout {
    std::vector<std::string> lines;
    std::int32_t scale;

    [[nodiscard]] std::int32_t height() const
    {
        return (static_cast<std::int32_t>(lines.size()) * cell_height - 1) * scale;
    }
};

text_layout lay_out(std::string_view text, extent size, std::int32_t scale)
{
    // The gap behind the last column may lie outside.
    const auto width = static_cast<std::int32_t>(size.width) + scale;
    const std::int32_t columns = std::max(width / (cell_width * scale), 1);
    return {wrap(text, static_cast<std::size_t>(columns)), scale};
}

std::size_t longest_word(std::string_view text)
{
    std::size_t longest = 1;
    std::size_t length = 0;
    for (const char each : text) {
        length = each == ' ' || each == '\n' ? 0 : length + 1;
        longest = std::max(longest, length);
    }
    return longest;
}

/** The largest scale at which the lines fit, and no word is broken unless it is 1. */
text_layout largest(std::string_view text, extent size)
{
    const auto cells = static_cast<std::int32_t>(longest_word(text)) * cell_width - 1;
    std::int32_t scale = std::max(static_cast<std::int32_t>(size.width) / cells, 1);
    text_layout layout = lay_out(text, size, scale);
    while (scale > 1 && layout.height() > static_cast<std::int32_t>(size.height)) {
        layout = lay_out(text, size, --scale);
    }
    return layout;
}

} // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t columns)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view rest = text.substr(0, end);
        do {
            lines.push_back(take_line(rest, columns));
        } while (!rest.empty());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

picture draw_wrapped(std::string_view text, extent size)
{
    picture drawn(size);
    const text_layout layout = largest(text, size);
    const std::int32_t scale = layout.scale;
    std::int32_t top = (static_cast<std::int32_t>(size.height) - layout.height()) / 2;
    for (const std::string& line : layout.lines) {
        const std::int32_t width = text_box(line, scale).width;
        draw_text(drawn, line, (static_cast<std::int32_t>(size.width) - width) / 2, top, scale,
                  white);
        top += cell_height * scale;
    }
    return drawn;
}

} // namespace memlane::tool
