// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PAGES_DESCRIBE_HPP
#define MEMLANE_TOOLS_PAGES_DESCRIBE_HPP

#include <string>
#include <vector>

#include "verb.hpp"

namespace memlane::tool {

/** An option or an argument of a verb. */
struct parameter {
    std::string name;        /**< "--offset", or "SRC" */
    std::string short_name;  /**< "-h", or nothing */
    std::string value;       /**< what it takes: "N"; nothing for a flag; an argument's name */
    std::string description; /**< without a full stop */
    std::string fallback;    /**< what holds without it, if it says */
    bool required = false;
    bool repeated = false;

    [[nodiscard]] bool is_argument() const noexcept { return name == value; }
};

/** What a verb takes. */
struct synopsis {
    std::vector<parameter> arguments; /**< in order */
    std::vector<parameter> options;
};

/** Asks @p which for its options, without running it. */
[[nodiscard]] synopsis describe(const verb& which);

/** @return whether @p argument is memory that source_forms() lists. */
[[nodiscard]] bool is_source(const parameter& argument);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PAGES_DESCRIBE_HPP
