// SPDX-License-Identifier: GPL-2.0-or-later
#include "promises.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

#include <fmt/format.h>

namespace bench {

using nlohmann::json;

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

/// Collects promises whose numbers there are.
class ledger {
public:
    explicit ledger(const results& from) : from_(from) {}

    void at_least(const std::string& what, std::optional<double> measured, double limit)
    {
        add(what, measured, limit, true);
    }
    void at_most(const std::string& what, std::optional<double> measured, double limit)
    {
        add(what, measured, limit, false);
    }

    /// @return one measured value by another
    static std::optional<double> ratio(std::optional<double> a, std::optional<double> b)
    {
        return a && b ? std::optional(*a / *b) : std::nullopt;
    }

    [[nodiscard]] const results& from() const { return from_; }
    std::vector<promise> all;

private:
    void add(const std::string& what, std::optional<double> measured, double limit, bool at_least)
    {
        if (measured) {
            all.push_back({what, *measured, limit, at_least});
        }
    }

    const results& from_;
};

std::optional<double> by_name(const results& from, const std::string& table,
                              const std::string& name, const std::string& field)
{
    return from.find(table, {{"name", name}}, field);
}

/// What SAVE costs beside what others do, in instructions.
void add_costs(ledger& to)
{
    struct advantage {
        const char* sink;
        std::uint64_t io_bytes;
        double times;
    };
    const auto cost = [&](const char* way, const char* sink, std::uint64_t io_bytes) {
        return to.from().cost(way, sink, io_bytes);
    };
    const auto times = [&](const char* than, const char* sink, std::uint64_t io_bytes) {
        return ledger::ratio(cost(than, sink, io_bytes), cost("save", sink, io_bytes));
    };
    for (const advantage& each : {advantage{"null_blk", mib, 1.6},
                                  {"null_blk", 16 * mib, 1.6},
                                  {"null_blk_large", mib, 3},
                                  {"null_blk_large", 16 * mib, 7}}) {
        to.at_least(fmt::format("io_uring, registered huge pages, to SAVE: {}, {}", each.sink,
                                size_text(each.io_bytes)),
                    times("huge_uring_registered", each.sink, each.io_bytes), each.times);
    }
    for (const char* sink : {"null_blk", "null_blk_large"}) {
        for (const std::uint64_t io_bytes : {mib, 16 * mib}) {
            to.at_most(fmt::format("SAVE to the requests alone: {}, {}", sink, size_text(io_bytes)),
                       ledger::ratio(cost("save", sink, io_bytes), cost("floor", sink, io_bytes)),
                       1.15);
        }
    }
    to.at_least("device-dax mapped, write(2), to SAVE: 1 MiB", times("dax_write", "null_blk", mib),
                3);
    to.at_least("read and write to SAVE: 1 MiB", times("dev_mem_read_direct", "null_blk", mib), 40);
    to.at_most("write(2) from a mapped region: 1 MiB", cost("mapped_write", "null_blk", mib),
               80000);
    const auto new_kernel = [&](const char* way) {
        return to.from().find("new_kernel", {{"way", way}, {"sink", "null_blk"}, {"io_bytes", mib}},
                              "instructions_per_MiB");
    };
    to.at_most(
        "mapped io_uring to that of huge pages, both registered: 1 MiB, Linux 6.12",
        ledger::ratio(new_kernel("mapped_uring_registered"), new_kernel("huge_uring_registered")),
        1.05);
    const auto small = cost("save", "null_blk", 4 * kib);
    to.at_most("SAVE, an I/O of 4 KiB", small ? std::optional(*small / 256) : std::nullopt, 6500);
}

void add_growth(ledger& to)
{
    const auto of = [&](const char* way, double x) {
        return to.from().find("growth_cost", {{"series", "size"}, {"way", way}, {"x", x}},
                              "instructions_per_MiB");
    };
    to.at_most("SAVE a MiB of 4 GiB to one of 64 MiB",
               ledger::ratio(of("save", 4096), of("save", 64)), 1.03);
    to.at_most("creating a MiB of 4 GiB to one of 64 MiB",
               ledger::ratio(of("create", 4096), of("create", 64)), 1);
    to.at_most("mapping and touching a MiB of 4 GiB to one of 64 MiB",
               ledger::ratio(of("map_and_touch", 4096), of("map_and_touch", 64)), 1.03);
}

void add_memory(ledger& to)
{
    const auto of = [&](const char* name, const char* field) {
        return to.from().find("memory", {{"name", name}, {"argument", 1024}}, field);
    };
    const auto created = of("create", "real_time");
    const auto zeroed = of("zero", "real_time");
    if (created && zeroed) {
        to.at_most("1 GiB region created, ms beyond zeroing", *created - *zeroed, 1000);
    }
    const auto huge = of("anonymous_huge", "instructions_per_MiB");
    const auto small = of("anonymous_small", "instructions_per_MiB");
    if (huge && small) {
        to.at_most("map and touch 1 GiB, instructions a MiB (limit: anonymous memory)",
                   of("map_and_touch", "instructions_per_MiB"), std::min(*huge, *small));
    }
}

void add_rates(ledger& to)
{
    const auto rate = [&](const char* way, const char* sink, std::uint64_t io_bytes) {
        const json key = {{"way", way}, {"sink", sink}, {"io_bytes", io_bytes}};
        return to.from().find("rate_sizes", key, "MiB_per_s");
    };
    for (const char* sink : {"ext4", "ext4_new"}) {
        for (const std::uint64_t io_bytes : {mib, 4 * mib, 16 * mib}) {
            to.at_least(
                fmt::format("SAVE to write(2) of huge pages, MiB/s: {}, {}", sink,
                            size_text(io_bytes)),
                ledger::ratio(rate("save", sink, io_bytes), rate("huge_write", sink, io_bytes)),
                0.95);
        }
    }
    to.at_least("SAVE to LiME, MiB/s",
                ledger::ratio(by_name(to.from(), "lime", "memlane save", "MiB_per_s"),
                              by_name(to.from(), "lime", "LiME", "MiB_per_s")),
                50);
    to.at_least("/dev/mem saved by memlane to dd oflag=direct, MiB/s",
                ledger::ratio(by_name(to.from(), "guest", "memlane save, /dev/mem", "MiB_per_s"),
                              by_name(to.from(), "guest", "dd /dev/mem oflag=direct", "MiB_per_s")),
                1.3);
}

/// @return what @p better keeps of a field of all runs of fio
std::optional<double> best_fio(const results& from, const char* what, const char* field,
                               const std::function<double(double, double)>& better)
{
    std::optional<double> best;
    for (const json& row : from.rows("host", {{"what", what}})) {
        if (row.at("name").get<std::string>().starts_with("fio")) {
            const double value = row.at(field);
            best = best ? better(*best, value) : value;
        }
    }
    return best;
}

void add_host(ledger& to)
{
    const auto of = [&](const char* name, const char* field) {
        return by_name(to.from(), "host", name, field);
    };
    const auto most = [](double a, double b) { return std::max(a, b); };
    const auto least = [](double a, double b) { return std::min(a, b); };
    const char* const dd = "dd bs=16M conv=fsync";
    const auto direct = of("memlane direct", "MiB_per_s");
    const auto direct_cpu = of("memlane direct", "cpu_s_per_GiB");

    to.at_least("memlane save to the best of fio, MiB/s",
                ledger::ratio(direct, best_fio(to.from(), "save", "MiB_per_s", most)), 0.97);
    to.at_most("memlane save to the least of fio, CPU",
               ledger::ratio(direct_cpu, best_fio(to.from(), "save", "cpu_s_per_GiB", least)), 1);
    to.at_least("memlane load to the best of fio, MiB/s",
                ledger::ratio(of("memlane load", "MiB_per_s"),
                              best_fio(to.from(), "load", "MiB_per_s", most)),
                0.97);
    to.at_least("memlane save to dd, MiB/s", ledger::ratio(direct, of(dd, "MiB_per_s")), 2);
    to.at_least("dd to memlane save, CPU", ledger::ratio(of(dd, "cpu_s_per_GiB"), direct_cpu), 5);
    to.at_least("bounce to direct, MiB/s", ledger::ratio(of("memlane bounce", "MiB_per_s"), direct),
                0.9);
    to.at_most("bounce, MiB of memory beyond the source",
               of("memlane bounce", "resident_beyond_MiB"), 64);
    to.at_most("direct, MiB of memory beyond the source",
               of("memlane direct", "resident_beyond_MiB"), 16);
    to.at_most("direct, CPU a GiB of 16 GiB to that of 256 MiB",
               ledger::ratio(of("16384 MiB", "cpu_s_per_GiB"), of("256 MiB", "cpu_s_per_GiB")),
               1.1);
}

void add_screen(ledger& to)
{
    const auto of = [&](const char* name) {
        return by_name(to.from(), "screen", name, "instructions_per_frame");
    };
    // Counts repeat to 0.3 %.
    to.at_most("a picture drawn in a mapped screen to one in anonymous memory",
               ledger::ratio(of("draw_mapped"), of("draw_anonymous")), 1.003);
    to.at_most("a picture drawn in a mapped screen to one that is written there",
               ledger::ratio(of("draw_mapped"), of("draw_and_write")), 0.6);
    to.at_most("SAVE of a screen to that of a plain region",
               ledger::ratio(of("save_screen"), of("save_plain")), 1.1);
    const auto watch = [&](const char* name, const char* field) {
        return by_name(to.from(), "watch", name, field);
    };
    to.at_most("view of a still screen, % of a core", watch("still", "cpu_percent"), 3);
    to.at_most("view of the animated card, % of a core", watch("animated", "cpu_percent"), 100);
    to.at_least("view of the animated card, of 30 pictures a second",
                watch("animated", "updates_per_s"), 28.5);
}

void add_record(ledger& to)
{
    const auto of = [&](const char* table, const char* name, const char* field) {
        return by_name(to.from(), table, name, field);
    };
    to.at_most("a commit until a sleeper's NEXT, instructions",
               of("frames", "commit_to_next", "instructions_per_frame"), 20000);
    to.at_least("record to save, frames of 1 MiB",
                of("record", "frames of 1024 KiB", "record_to_save"), 0.95);
    to.at_least("record to save, frames of 4 MiB",
                of("record", "frames of 4096 KiB", "record_to_save"), 0.95);
    to.at_least("record to save, frames of 4 KiB",
                of("record", "frames of 4 KiB", "record_to_save"), 0.5);
    to.at_most("frames lost of a producer at 90 % of save",
               of("pace", "producer at 90 % of save", "dropped"), 0);
    to.at_most("recorded frames that are wrong, producer at 200 % of save",
               of("pace", "producer at 200 % of save", "wrong"), 0);
}

} // namespace

std::vector<promise> promises(const results& from)
{
    ledger to(from);
    add_costs(to);
    add_growth(to);
    add_memory(to);
    add_rates(to);
    add_host(to);
    add_screen(to);
    add_record(to);
    return to.all;
}

} // namespace bench
