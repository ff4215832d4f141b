// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "verb.hpp"

namespace memlane::tool {

namespace {

constexpr std::array table = {
    &list_verb, &create_verb,  &destroy_verb, &info_verb, &save_verb,
    &load_verb, &produce_verb, &record_verb,  &draw_verb, &shot_verb,
    &view_verb, &doctor_verb,  &dump_verb,    &peek_verb, &poke_verb,
};

} // namespace

std::span<const verb* const> verbs() noexcept
{
    return table;
}

} // namespace memlane::tool
