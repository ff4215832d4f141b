// SPDX-License-Identifier: GPL-2.0-or-later
#include "mdoc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "describe.hpp"
#include "memlane/source.hpp"

namespace memlane::tool {

namespace {

/** No character of @p text shall mean anything to roff. */
std::string escape(std::string_view text)
{
    std::string safe;
    for (const char each : text) {
        switch (each) {
        case '\\':
            safe += "\\e";
            break;
        case '-':
            safe += "\\-";
            break;
        default:
            safe += each;
        }
    }
    return safe.starts_with('.') || safe.starts_with('\'') ? "\\&" + safe : safe;
}

/** As the argument of a macro: one word, even if it is the name of another. */
std::string quote(std::string_view text)
{
    return fmt::format(R"("\&{}")", escape(text));
}

/** The first letter as a sentence, or a page's NAME, begins. */
std::string with_first(std::string_view text, int (*change)(int))
{
    std::string changed(text);
    changed[0] = static_cast<char>(change(static_cast<unsigned char>(changed[0])));
    return changed;
}

/** "Fl -offset Ar N" or "Ar SRC", as macros. */
std::string macros_of(const parameter& it)
{
    if (it.is_argument()) {
        return "Ar " + it.name + (it.repeated ? " ..." : "");
    }
    std::string text = it.short_name.empty() ? "" : "Fl " + it.short_name.substr(1) + " , ";
    text += "Fl " + escape(it.name.substr(1));
    return it.value.empty() ? text : text + " Ar " + it.value;
}

std::string synopsis_of(const parameter& it)
{
    return fmt::format(".{}{}\n", it.required ? "" : "Op ", macros_of(it));
}

std::string head(const verb& which, const synopsis& takes)
{
    std::string upper(which.name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char each) { return static_cast<char>(std::toupper(each)); });
    std::string text =
        fmt::format(".Dt MEMLANE\\-{} 1\n.Os\n"
                    ".Sh NAME\n.Nm memlane\\-{}\n.Nd {}\n"
                    ".Sh SYNOPSIS\n.Nm memlane {}\n",
                    upper, which.name, escape(with_first(which.summary, std::tolower)), which.name);
    for (const parameter& each : takes.options) {
        if (each.name != "--help") {
            text += synopsis_of(each);
        }
    }
    for (const parameter& each : takes.arguments) {
        text += synopsis_of(each);
    }
    return text;
}

std::string item(const parameter& it)
{
    std::string text = fmt::format(".It {}\n{}.\n", macros_of(it),
                                   escape(with_first(it.description, std::toupper)));
    if (it.required && !it.is_argument()) {
        text += "Must be given.\n";
    }
    if (!it.fallback.empty()) {
        text += fmt::format("Default:\n.Li {}\n", quote(it.fallback));
    }
    return text;
}

std::string parameters(const synopsis& takes)
{
    std::string text = ".Bl -tag -width Ds\n";
    for (const auto* list : {&takes.arguments, &takes.options}) {
        for (const parameter& each : *list) {
            text += item(each);
        }
    }
    return text + ".El\n";
}

std::string list_verbs()
{
    std::string text = ".Bl -tag -width memlane\\-destroy(1)\n";
    for (const verb* each : verbs()) {
        text += fmt::format(".It Xr memlane\\-{} 1\n{}.\n", each->name, escape(each->summary));
    }
    return text + ".El\n";
}

std::string list_sources()
{
    std::string text = ".Bl -tag -width Ds\n";
    for (const source_form& each : source_forms()) {
        text += fmt::format(".It Li {}\n{}.\n", quote(each.form),
                            escape(with_first(each.summary, std::toupper)));
    }
    return text + ".El\n";
}

/** Pages by section, as SEE ALSO lists them; not @p self. */
std::string see_also(std::string_view self)
{
    std::vector<std::string> pages;
    for (const verb* each : verbs()) {
        if (each->name != self) {
            pages.push_back(fmt::format("memlane\\-{} 1", each->name));
        }
    }
    std::sort(pages.begin(), pages.end());
    pages.insert(pages.begin(), "memlane 1");
    pages.insert(pages.end(), {"libmemlane 3", "memlane 4"});

    std::string text = ".Sh SEE ALSO\n";
    for (std::size_t i = 0; i < pages.size(); ++i) {
        text += fmt::format(".Xr {}{}\n", pages[i], i + 1 < pages.size() ? " ," : "");
    }
    return text;
}

constexpr const char* exit_status = R"(.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
All was done.
.It 1
It failed; standard error says what, where and why, and what is left.
.It 2
The command line was wrong; nothing was done.
.It 130
.Dv SIGINT
ended it
.Pq 143 : Dv SIGTERM , No 129 : Dv SIGHUP .
.El
)";

} // namespace

text_map mdoc_texts()
{
    return {{"verbs", list_verbs()}, {"sources", list_sources()}, {"exit_status", exit_status}};
}

text_map mdoc_texts(const verb& which)
{
    const synopsis takes = describe(which);
    return {{"head", head(which, takes)},
            {"parameters", parameters(takes)},
            {"see_also", see_also(which.name)}};
}

} // namespace memlane::tool
