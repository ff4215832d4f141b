// SPDX-License-Identifier: GPL-2.0-or-later
#include "template.hpp"

#include <stdexcept>

namespace memlane::tool {

namespace {

std::string_view text_of(std::string_view name, const text_map& texts)
{
    const auto found = texts.find(name);
    if (found == texts.end()) {
        throw std::invalid_argument("there is no text named " + std::string(name));
    }
    return found->second;
}

} // namespace

std::string fill(std::string_view form, const text_map& texts)
{
    std::string filled;
    while (!form.empty()) {
        const std::size_t end = std::min(form.find('\n'), form.size() - 1);
        const std::string_view line = form.substr(0, end);
        if (line.size() > 2 && line.starts_with('@') && line.ends_with('@')) {
            filled += text_of(line.substr(1, line.size() - 2), texts);
        } else {
            filled += form.substr(0, end + 1);
        }
        form.remove_prefix(end + 1);
    }
    return filled;
}

} // namespace memlane::tool
