// SPDX-License-Identifier: GPL-2.0-or-later
#include "choices.hpp"

#include <algorithm>

namespace memlane::tool {

namespace {

std::string name_of(unsigned width)
{
    return std::to_string(width);
}

template <typename Kind>
std::string name_of(Kind kind)
{
    return std::string(to_string(kind));
}

template <typename Kinds>
std::vector<std::string> names_of(const Kinds& kinds)
{
    std::vector<std::string> names(kinds.size());
    std::transform(kinds.begin(), kinds.end(), names.begin(),
                   [](const auto& each) { return name_of(each); });
    return names;
}

} // namespace

std::vector<std::string> choices(std::string_view type)
{
    if (type == "WAY") {
        return names_of(way_choices);
    }
    if (type == "KIND") {
        return names_of(checksum_choices);
    }
    if (type == "FORMAT") {
        return names_of(format_choices);
    }
    if (type == "PICTURE") {
        return names_of(pattern_choices);
    }
    if (type == "PATTERN") {
        return names_of(content_choices);
    }
    if (type == "POLICY") {
        return names_of(policy_choices);
    }
    if (type == "WIDTH") {
        return names_of(width_choices);
    }
    return {};
}

std::string enumerate_choices(std::string_view type)
{
    const std::vector<std::string> names = choices(type);
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool last = i + 1 == names.size();
        text += i == 0 ? "" : last ? " or " : ", ";
        text += names[i];
    }
    return text;
}

} // namespace memlane::tool
