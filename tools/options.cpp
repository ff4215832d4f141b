// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "choices.hpp"
#include "memlane/region.hpp"
#include "memlane/units.hpp"
#include "table.hpp"

namespace memlane::tool {

namespace {

/** An empty value is a variable that was not set. Only a text may be empty, and means it. */
void refuse_empty_values(const CLI::App& app)
{
    for (const CLI::Option* each : app.get_options()) {
        const auto& values = each->results();
        if (!each->get_positional() && each->get_type_name() != text_type &&
            std::find(values.begin(), values.end(), "") != values.end()) {
            throw CLI::ValidationError(each->get_name(), "its value is empty");
        }
    }
}

} // namespace

void parse(CLI::App& app, const arguments& args)
{
    app.parse(args.count, args.values);
    refuse_empty_values(app);
}

std::uint64_t parse_number(const std::string& name, const std::string& text, std::uint64_t most)
{
    try {
        const std::uint64_t number = parse_bytes(text);
        if (number > most) {
            throw std::invalid_argument(fmt::format("'{}' is more than {:#x}", text, most));
        }
        return number;
    } catch (const std::invalid_argument& e) {
        throw CLI::ValidationError(name, e.what());
    }
}

CLI::Validator at_least_1()
{
    const auto look = [](const std::string& text) {
        try {
            return parse_bytes(text) == 0 ? std::string("must be at least 1") : std::string();
        } catch (const std::invalid_argument&) {
            return std::string(); // parse_number() says what it is
        }
    };
    return {look, ""};
}

CLI::Option* add_real(CLI::App& app, const std::string& name, std::optional<double>& target,
                      double least, double most, const std::string& description)
{
    const auto set = [=, &target](double value) {
        // Not the other way round, which "nan" would pass.
        if (!(value >= least && value <= most)) {
            throw CLI::ValidationError(name, fmt::format("must be from {} to {}", least, most));
        }
        target = value;
    };
    return app.add_option_function<double>(name, set, description);
}

void add_mode(CLI::App& app, std::uint32_t& target)
{
    const auto set = [&target](const std::string& text) {
        constexpr unsigned most = 0777;
        const char* const end = text.data() + text.size();
        unsigned mode = 0;
        const auto [rest, failure] = std::from_chars(text.data(), end, mode, 8);
        if (failure != std::errc() || rest != end || mode > most) {
            throw CLI::ValidationError("--mode", fmt::format("'{}' is not from 0 to 777", text));
        }
        target = mode;
    };
    app.add_option_function<std::string>("--mode", set,
                                         "Permissions of a file that is made, octal [600]")
        ->type_name("MODE");
}

void add_region(CLI::App& app, std::string& target)
{
    add_required(app, "REGION", target, "NAME, memlane:NAME or /dev/memlane/NAME");
}

CLI::Option* add_source(CLI::App& app, const std::string& name, std::string& target)
{
    std::vector<std::vector<std::string>> rows;
    for (const source_form& each : source_forms()) {
        rows.push_back({"", std::string(each.form), std::string(each.summary)});
    }
    app.footer("Sources:\n" + format_table({align::left, align::left, align::left}, rows));
    return add_required(app, name, target, "A region's NAME or another source, see below");
}

std::string source_label(const std::string& text)
{
    return source_uri(text);
}

void add_width(CLI::App& app, unsigned& target)
{
    app.add_option("--width", target, "Bytes of one access: " + enumerate_choices("WIDTH"))
        ->check(
            CLI::IsMember(std::vector(width_choices.begin(), width_choices.end())).description(""))
        ->capture_default_str()
        ->type_name("WIDTH");
}

void require_multiple(const std::string& name, std::uint64_t value, unsigned width)
{
    if (value % width != 0) {
        throw CLI::ValidationError(name,
                                   fmt::format("{:#x} is no multiple of --width {}", value, width));
    }
}

} // namespace memlane::tool
