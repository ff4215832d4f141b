// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "json_output.hpp"
#include "memlane/diagnosis.hpp"
#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "output.hpp"
#include "region_json.hpp"
#include "table.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

using nlohmann::ordered_json;

struct request {
    std::string source;
    std::string target = ".";
    std::optional<int> pid;
    std::optional<std::uint64_t> address;
    bool json = false;
};

std::string describe_size(const diagnosis& found)
{
    const std::string size = format_bytes(found.size_bytes);
    return found.memory.phys_addr ? fmt::format("{} at {:#x}", size, *found.memory.phys_addr)
                                  : size;
}

std::string describe_mapping(const mapping_facts& memory)
{
    return fmt::format("{}; VmFlags {}; {}", memory.backing, fmt::join(memory.vm_flags, " "),
                       memory.page_backed
                           ? fmt::format("struct pages, {}", format_bytes(memory.page_bytes))
                           : "no struct pages");
}

std::string describe_cache(const mapping_facts& memory)
{
    std::string text(to_string(memory.cache));
    if (!memory.cache_origin.empty()) {
        text += fmt::format(" ({})", memory.cache_origin);
    }
    return text;
}

std::string describe_trial(const trial& pinning)
{
    return fmt::format("{}: {}", pinning.what,
                       pinning.errnum == 0 ? "works" : describe_errno(pinning.errnum));
}

std::string describe_target(const target_facts& target)
{
    std::string text = fmt::format("{}: {} on {}", target.path, target.file_system, target.device);
    if (!target.direct) {
        return text + "; no direct I/O";
    }
    text += fmt::format("; direct I/O: offsets in multiples of {}, memory of {} ({})",
                        target.offset_alignment_bytes, target.memory_alignment_bytes,
                        target.alignment_origin);
    if (target.request_bytes_max != 0) {
        text += fmt::format("; requests up to {}", format_bytes(target.request_bytes_max));
    }
    return text;
}

void print_text(const diagnosis& found)
{
    std::vector<std::vector<std::string>> rows = {
        {"memory", found.subject + ", " + describe_size(found)},
        {"mapping", describe_mapping(found.memory)},
        {"cache", describe_cache(found.memory)},
        {"direct I/O", describe_trial(found.pinning)},
        {"target", describe_target(found.target)},
    };
    for (const way_verdict& each : found.ways) {
        rows.push_back(
            {fmt::format("way {}", to_string(each.which)),
             fmt::format("{:<3}  {}", each.found.works ? "yes" : "no", each.found.reason)});
    }
    rows.push_back(
        {"best", found.best == way_kind::automatic ? "none" : std::string(to_string(found.best))});
    put(format_table({align::left, align::left}, rows));
    for (const std::string& sentence : found.advice) {
        put("\n");
        put_line(sentence);
    }
}

ordered_json to_json(const mapping_facts& memory)
{
    ordered_json json = {{"backing", memory.backing},
                         {"vm_flags", memory.vm_flags},
                         {"page_backed", memory.page_backed},
                         {"page_size", memory.page_bytes},
                         {"phys_addr", nullptr},
                         {"cache", to_string(memory.cache)},
                         {"cache_origin", memory.cache_origin}};
    if (memory.phys_addr) {
        json["phys_addr"] = *memory.phys_addr;
    }
    return json;
}

ordered_json to_json(const trial& pinning)
{
    ordered_json json = {{"what", pinning.what}, {"works", pinning.errnum == 0}};
    if (pinning.errnum != 0) {
        json["errno"] = pinning.errnum;
        json["name"] = errno_name(pinning.errnum);
    }
    return json;
}

ordered_json to_json(const target_facts& target)
{
    return {{"path", target.path},
            {"file_system", target.file_system},
            {"device", target.device},
            {"direct", target.direct},
            {"offset_alignment", target.offset_alignment_bytes},
            {"memory_alignment", target.memory_alignment_bytes},
            {"alignment_origin", target.alignment_origin},
            {"request_bytes_max", target.request_bytes_max}};
}

void print_json(const diagnosis& found)
{
    ordered_json json = {{"schema", json_schema},
                         {"subject", found.subject},
                         {"size", found.size_bytes},
                         {"mapping", to_json(found.memory)},
                         {"direct_io", to_json(found.pinning)},
                         {"target", to_json(found.target)},
                         {"ways", ordered_json::array()},
                         {"best", nullptr},
                         {"advice", found.advice}};
    for (const way_verdict& each : found.ways) {
        json["ways"].push_back({{"way", to_string(each.which)},
                                {"works", each.found.works},
                                {"reason", each.found.reason}});
    }
    if (found.best != way_kind::automatic) {
        json["best"] = to_string(found.best);
    }
    put_json(json);
}

/** With --pid the first argument is the target. */
void settle(request& wanted)
{
    if (wanted.pid.has_value() != wanted.address.has_value()) {
        throw CLI::ValidationError("--pid", "goes together with --address");
    }
    if (wanted.pid && !wanted.source.empty()) {
        wanted.target = wanted.source;
    } else if (!wanted.pid && wanted.source.empty()) {
        throw CLI::RequiredError("SRC, or --pid and --address,");
    }
}

void run(CLI::App& app, const arguments& args)
{
    request wanted;
    add_source(app, "SRC", wanted.source)->required(false);
    app.add_option("TARGET", wanted.target, "A directory, a file or a block device [.]")
        ->type_name("");
    app.add_option("--pid", wanted.pid, "Look at memory of this process instead of SRC")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("PID");
    add_bytes(app, "--address", wanted.address, "Where it is mapped there");
    app.add_flag("--json", wanted.json, "Print as JSON");
    parse(app, args);
    settle(wanted);

    const diagnosis found = wanted.pid ? diagnose(*wanted.pid, *wanted.address, wanted.target)
                                       : diagnose(*open_source(wanted.source), wanted.target);
    if (wanted.json) {
        print_json(found);
    } else {
        print_text(found);
    }
}

} // namespace

const verb doctor_verb = {"doctor", "Say which ways to disk work for memory, which not, and why",
                          run};

} // namespace memlane::tool
