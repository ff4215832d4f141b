// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that several verbs share.
#ifndef MEMLANE_TOOLS_OPTIONS_HPP
#define MEMLANE_TOOLS_OPTIONS_HPP

#include <CLI/CLI.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace memlane::tool {

/** A verb's own arguments; the first is its name. */
struct arguments {
    int count;
    const char* const* values;
};

/** The type of options whose value may be empty. */
inline constexpr const char* text_type = "TEXT";

/** @throws CLI::ParseError, of which main() makes help or a usage error */
void parse(CLI::App& app, const arguments& args);

/**
 * @param name of the option, for the error
 * @throws CLI::ValidationError when @p text is no number, or above @p most
 */
[[nodiscard]] std::uint64_t parse_number(const std::string& name, const std::string& text,
                                         std::uint64_t most);

/** Adds an option that takes bytes: digits with K, M, G or T, or hex. */
template <typename Target>
CLI::Option* add_bytes(CLI::App& app, const std::string& name, Target& target,
                       const std::string& description)
{
    using number = std::conditional_t<std::unsigned_integral<Target>, Target, std::uint64_t>;
    return app
        .add_option_function<std::string>(
            name,
            [name, &target](const std::string& text) {
                target = static_cast<number>(
                    parse_number(name, text, std::numeric_limits<number>::max()));
            },
            description)
        ->type_name("N");
}

/** @return a check that what takes bytes is given some. */
[[nodiscard]] CLI::Validator at_least_1();

/** Adds an option that takes a number with a fraction. @param least, most what it may be */
CLI::Option* add_real(CLI::App& app, const std::string& name, std::optional<double>& target,
                      double least, double most, const std::string& description);

/** Adds an argument without which the verb makes no sense. */
template <typename Target>
CLI::Option* add_required(CLI::App& app, const std::string& name, Target& target,
                          const std::string& description)
{
    return app.add_option(name, target, description)->required()->type_name("");
}

/** Adds --mode, of the files that a verb makes. @param target holds the default */
void add_mode(CLI::App& app, std::uint32_t& target);

/** Adds the region a verb is about. */
void add_region(CLI::App& app, std::string& target);

/** Adds the source a verb is about, as argument @p name, and lists the kinds below the help. */
CLI::Option* add_source(CLI::App& app, const std::string& name, std::string& target);

/** @return how a source is named in what we print, see source_uri(). */
[[nodiscard]] std::string source_label(const std::string& text);

/** Adds --width. @param target holds the default */
void add_width(CLI::App& app, unsigned& target);

/** @throws CLI::ValidationError when @p value is no multiple of @p width */
void require_multiple(const std::string& name, std::uint64_t value, unsigned width);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_OPTIONS_HPP
