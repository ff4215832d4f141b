// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VERB_HPP
#define MEMLANE_TOOLS_VERB_HPP

#include <span>
#include <string_view>

#include "options.hpp"

namespace memlane::tool {

/** One verb of the command. */
struct verb {
    std::string_view name;
    std::string_view summary;

    /**
     * Adds its options to @p app, parses @p args, does the work.
     *
     * @throws CLI::ParseError for bad usage, std::exception for a failure
     */
    void (*run)(CLI::App& app, const arguments& args);
};

// One file each: cmd_NAME.cpp.
extern const verb create_verb;
extern const verb destroy_verb;
extern const verb doctor_verb;
extern const verb draw_verb;
extern const verb dump_verb;
extern const verb info_verb;
extern const verb list_verb;
extern const verb load_verb;
extern const verb peek_verb;
extern const verb poke_verb;
extern const verb record_verb;
extern const verb produce_verb;
extern const verb save_verb;
extern const verb shot_verb;
extern const verb view_verb;

/** @return all of them, in the order in which help names them. */
[[nodiscard]] std::span<const verb* const> verbs() noexcept;

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VERB_HPP
