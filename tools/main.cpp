// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <span>
#include <string>

#include "interrupt.hpp"
#include "output.hpp"
#include "table.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

enum exit_status { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_signal_base = 128 };

std::string help_text()
{
    std::vector<std::vector<std::string>> rows;
    for (const verb* each : verbs()) {
        rows.push_back({"", std::string(each->name), std::string(each->summary)});
    }
    return "Moves memory of the kernel and of devices to and from storage.\n"
           "Usage: memlane VERB [ARGUMENTS]\n\n"
           "Verbs:\n" +
           format_table({align::left, align::left, align::left}, rows) +
           "\n'memlane VERB --help' says what a verb takes; 'memlane --version' says which "
           "memlane this is.\n";
}

int complain(std::string_view message)
{
    note(message);
    return interrupted_by() != 0 ? exit_signal_base + interrupted_by() : exit_failed;
}

int usage_error(std::string_view command, std::string_view message)
{
    note(message, command);
    note(fmt::format("Try '{} --help'.", command), "");
    return exit_usage;
}

int run_verb(const verb& chosen, const arguments& args)
{
    const std::string command = fmt::format("memlane {}", chosen.name);
    CLI::App app(std::string(chosen.summary), command);
    try {
        chosen.run(app, args);
    } catch (const CLI::CallForHelp&) {
        put(app.help());
    } catch (const CLI::ParseError& e) {
        return usage_error(command, e.what());
    }
    finish_output();
    return exit_done;
}

int print(const std::string& text)
{
    put(text);
    finish_output();
    return exit_done;
}

int run(std::span<const char* const> args)
{
    if (args.size() < 2) {
        return usage_error("memlane", "a verb is missing");
    }
    const std::string_view first = args[1];
    if (first == "--help" || first == "-h") {
        return print(help_text());
    }
    if (first == "--version") {
        return print("memlane " MEMLANE_VERSION "\n");
    }
    const auto found = std::find_if(verbs().begin(), verbs().end(),
                                    [&](const verb* each) { return each->name == first; });
    if (found == verbs().end()) {
        return usage_error("memlane", fmt::format("'{}' is no verb", first));
    }
    return run_verb(**found, {static_cast<int>(args.size() - 1), args.data() + 1});
}

} // namespace

} // namespace memlane::tool

int main(int argc, char** argv)
{
    memlane::tool::open_standard_descriptors();
    // A closed pipe and a file size limit are errors like any other.
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    try {
        return memlane::tool::run({argv, static_cast<std::size_t>(argc)});
    } catch (const std::exception& e) {
        return memlane::tool::complain(e.what());
    }
}
