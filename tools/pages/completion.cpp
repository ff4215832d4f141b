// SPDX-License-Identifier: GPL-2.0-or-later
#include "completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <vector>

#include "choices.hpp"
#include "describe.hpp"
#include "memlane/source.hpp"

namespace memlane::tool {

namespace {

/** What to complete an argument or an option's value with. */
enum class filler { nothing, choice, choice_or_file, region, source, file };

filler filler_of(const parameter& it)
{
    if (is_source(it)) {
        return filler::source;
    }
    if (it.value == "REGION") {
        return filler::region;
    }
    if (it.value == "FILE" || it.value == "TARGET" || it.value == "OUT") {
        return filler::file;
    }
    if (it.value == "PICTURE") {
        return filler::choice_or_file;
    }
    return choices(it.value).empty() ? filler::nothing : filler::choice;
}

/** @return @p text with a backslash before each of @p special. */
std::string escape(std::string_view text, std::string_view special)
{
    std::string safe;
    for (const char each : text) {
        if (special.find(each) != std::string_view::npos) {
            safe += '\\';
        }
        safe += each;
    }
    return safe;
}

/** @return @p text in single quotes, as zsh ends and begins them again for one inside. */
std::string quote(std::string_view text)
{
    std::string safe;
    for (const char each : text) {
        safe += each == '\'' ? "'\\''" : std::string(1, each);
    }
    return "'" + safe + "'";
}

std::string quote_fish(std::string_view text)
{
    return "'" + escape(text, "'\\") + "'";
}

std::string summary_of(const parameter& it)
{
    return it.fallback.empty() ? it.description
                               : fmt::format("{} (default {})", it.description, it.fallback);
}

/** @return "phys:" and the like; of all sources, or of those that are a path behind it. */
std::vector<std::string> prefixes(bool with_path)
{
    std::vector<std::string> found;
    for (const source_form& each : source_forms()) {
        const std::size_t end = each.form.find(':') + 1;
        const std::string_view rest = each.form.substr(end);
        if (!with_path || rest.starts_with('/') || rest.starts_with("PATH")) {
            found.emplace_back(each.form.substr(0, end));
        }
    }
    return found;
}

std::vector<std::string> verb_names()
{
    std::vector<std::string> names;
    for (const verb* each : verbs()) {
        names.emplace_back(each->name);
    }
    return names;
}

/** @return the texts of all verbs, one behind the other. */
template <typename Format>
std::string each_verb(Format format)
{
    std::string text;
    for (const verb* each : verbs()) {
        text += format(*each, describe(*each));
    }
    return text;
}

/** @return all options, of whatever verb, or all arguments. */
std::vector<parameter> all_of(std::vector<parameter> synopsis::*kind)
{
    std::vector<parameter> all;
    for (const verb* each : verbs()) {
        const synopsis takes = describe(*each);
        all.insert(all.end(), (takes.*kind).begin(), (takes.*kind).end());
    }
    return all;
}

/** @return what the script's own case statement calls it; nothing for a flag. */
std::string bash_kind(const parameter& it)
{
    switch (filler_of(it)) {
    case filler::choice:
    case filler::choice_or_file:
        return it.value;
    case filler::region:
        return "region";
    case filler::source:
        return "source";
    case filler::file:
        return "file";
    case filler::nothing:
        break;
    }
    return it.value.empty() ? "" : "other";
}

/** A line of a case statement: kinds of the arguments, options as NAME:KIND. */
std::string bash_verb(const verb& which, const synopsis& takes)
{
    std::vector<std::string> words;
    for (const parameter& each : takes.arguments) {
        words.push_back(bash_kind(each));
    }
    for (const parameter& each : takes.options) {
        words.push_back(each.name + ":" + bash_kind(each));
    }
    return fmt::format("        {}) takes=({}) ;;\n", which.name, fmt::join(words, " "));
}

std::string bash_choices()
{
    std::set<std::string> types;
    for (const parameter& each : all_of(&synopsis::options)) {
        if (filler_of(each) == filler::choice) {
            types.insert(each.value);
        }
    }
    std::string text;
    for (const std::string& type : types) {
        text += fmt::format("        {}) _memlane_among \"$current\" {} ;;\n", type,
                            fmt::join(choices(type), " "));
    }
    return text;
}

/** Lines of the same case statement, for arguments that are a name or a file's. */
std::string bash_choices_or_files()
{
    std::string text;
    for (const parameter& each : all_of(&synopsis::arguments)) {
        if (filler_of(each) == filler::choice_or_file) {
            text += fmt::format("        {}) _memlane_files '' \"$current\"\n"
                                "            _memlane_among \"$current\" {} ;;\n",
                                each.value, fmt::join(choices(each.value), " "));
        }
    }
    return text;
}

std::string zsh_action(const parameter& it)
{
    switch (filler_of(it)) {
    case filler::choice:
        return fmt::format("({})", fmt::join(choices(it.value), " "));
    case filler::choice_or_file:
        return fmt::format("{{_alternative \"names:name:({})\" \"files:file:_files\"}}",
                           fmt::join(choices(it.value), " "));
    case filler::region:
        return "_memlane_regions";
    case filler::source:
        return "_memlane_sources";
    case filler::file:
        return "_files";
    case filler::nothing:
        break;
    }
    return " ";
}

/** A spec of _arguments: "--way=[TEXT]:WAY:ACTION", or "1:SRC:ACTION". */
std::string zsh_spec(const parameter& it, const std::string& place)
{
    const std::string value =
        it.value.empty() ? "" : fmt::format(":{}:{}", it.value, zsh_action(it));
    if (it.is_argument()) {
        return quote(place + value);
    }
    return quote(fmt::format("{}{}[{}]{}", it.name, value.empty() ? "" : "=",
                             escape(summary_of(it), "[]:\\"), value));
}

std::string zsh_verb(const verb& which, const synopsis& takes)
{
    std::string text = fmt::format("    {})\n        _arguments", which.name);
    for (const parameter& each : takes.options) {
        text += " \\\n            " + zsh_spec(each, "");
    }
    for (std::size_t i = 0; i < takes.arguments.size(); ++i) {
        const parameter& each = takes.arguments[i];
        text += " \\\n            " + zsh_spec(each, each.repeated ? "*" : std::to_string(i + 1));
    }
    return text + "\n        ;;\n";
}

std::string zsh_verbs()
{
    return each_verb([](const verb& which, const synopsis& /*takes*/) {
        return fmt::format("            {}\n",
                           quote(fmt::format("{}:{}", which.name, which.summary)));
    });
}

std::string fish_action(const parameter& it)
{
    switch (filler_of(it)) {
    case filler::choice:
        return fmt::format(" -a '{}'", fmt::join(choices(it.value), " "));
    case filler::choice_or_file:
        return fmt::format(" -F -a '{}'", fmt::join(choices(it.value), " "));
    case filler::region:
        return " -a '(__memlane_regions)'";
    case filler::source:
        return " -a '(__memlane_sources)'";
    case filler::file:
        return " -F";
    case filler::nothing:
        break;
    }
    return "";
}

std::string fish_option(const verb& which, const parameter& it)
{
    return fmt::format("complete -c memlane -n '__memlane_verb_is {}' -l {}{}{}{} -d {}\n",
                       which.name, it.name.substr(2),
                       it.short_name.empty() ? "" : " -s " + it.short_name.substr(1),
                       it.value.empty() ? "" : " -x", fish_action(it), quote_fish(summary_of(it)));
}

std::string fish_verb(const verb& which, const synopsis& takes)
{
    std::string text = fmt::format("complete -c memlane -n __memlane_needs_verb -a {} -d {}\n",
                                   which.name, quote_fish(which.summary));
    for (const parameter& each : takes.options) {
        text += fish_option(which, each);
    }
    for (std::size_t i = 0; i < takes.arguments.size(); ++i) {
        if (const std::string action = fish_action(takes.arguments[i]); !action.empty()) {
            text += fmt::format("complete -c memlane -n '__memlane_expects {} {}'{}\n", which.name,
                                i + 1, action);
        }
    }
    return text + "\n";
}

/** @return names of the options, of whatever verb, that a value follows. */
std::set<std::string> options_with_value()
{
    std::set<std::string> names;
    for (const parameter& each : all_of(&synopsis::options)) {
        if (!each.value.empty()) {
            names.insert(each.name);
        }
    }
    return names;
}

/** @return an assignment in the words of a shell: @p form with the words in it. */
template <typename Words>
std::string assign(std::string_view form, const Words& words)
{
    return fmt::format(fmt::runtime(form), fmt::join(words, " ")) + "\n";
}

} // namespace

text_map completion_texts()
{
    return {
        {"bash_verbs", assign("    local verbs=({})", verb_names())},
        {"bash_takes", each_verb(bash_verb)},
        {"bash_choices", bash_choices() + bash_choices_or_files()},
        {"bash_prefixes", assign("    local prefixes=({})", prefixes(false))},
        {"bash_path_prefixes", assign("    local with_path=' {} '", prefixes(true))},
        {"zsh_verbs", zsh_verbs()},
        {"zsh_cases", each_verb(zsh_verb)},
        {"zsh_prefixes", assign("    local -a prefixes=({})", prefixes(false))},
        {"zsh_path_prefixes", assign("    local -a with_path=({})", prefixes(true))},
        {"fish_verbs", each_verb(fish_verb)},
        {"fish_prefixes", assign("    set -l prefixes {}", prefixes(false))},
        {"fish_path_prefixes", assign("    set -l with_path {}", prefixes(true))},
        {"fish_options_with_value", assign("    set -l with_value {}", options_with_value())},
    };
}

} // namespace memlane::tool
