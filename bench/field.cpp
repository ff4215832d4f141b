// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What every way costs to every sink, in turns. Runs in the guest of bench/guest.sh:
///   field instructions OUT.json   under --icount: guest instructions a MiB
///   field rate OUT.json           MiB a second, and CPU seconds of the whole guest a GiB
/// A way that the guest has no memory for is left out, and said to be.
#include "busy_clock.hpp"
#include "clock.hpp"
#include "contenders.hpp"
#include "json_file.hpp"
#include "sinks.hpp"
#include "statistics.hpp"

#include <algorithm>
#include <cstdio>
#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace {

using guest::kib;
using guest::mib;
using nlohmann::json;

struct options {
    bool instructions = false;
    std::string out;
    std::vector<std::string> ways; ///< all if empty
    std::vector<std::string> sinks;
    std::vector<std::size_t> io_bytes;
    unsigned depth = 4;
    int rounds = 3;
    std::size_t bytes = 64 * mib;
};

/// What one run took.
struct sample {
    double nanoseconds;
    double cpu_seconds; ///< of the whole guest; 0 where instructions are counted
};

/// One way to one sink in pieces of one size: set up when it is made, run again and again.
class entry {
public:
    entry(const bench::contender& how, const bench::source& from, const bench::sink& to,
          std::size_t io_bytes, const options& with)
        : how_(how), to_(to)
    {
        work_.node = from.node;
        work_.node_offset = from.node_offset;
        work_.memory = from.memory;
        work_.io_bytes = io_bytes;
        work_.depth = with.depth;
        work_.bytes = std::min(with.bytes, from.memory.size());
        // What takes longest, small pieces and copies, repeats with few bytes.
        if (with.instructions && io_bytes < 64 * kib) {
            work_.bytes = std::min<std::size_t>(work_.bytes, 4 * mib);
        } else if (how.by_cpu != bench::copied::never) {
            work_.bytes = std::max(work_.bytes / 4, io_bytes);
        }
    }

    /// Runs it once, which does not count: page tables and the allocator's caches are cold.
    /// @param clock what tells instructions where the sink makes us wait, or nullptr
    /// @return false if the kernel refuses such memory, which is said on stderr
    bool works(const bench::busy_clock* clock, bool instructions)
    {
        try {
            run(clock, instructions);
            return true;
        } catch (const std::system_error& error) {
            std::fprintf(stderr, "no %s to %s: %s\n", how_.name, to_.name().c_str(), error.what());
            return false;
        }
    }

    void measure(const bench::busy_clock* clock, bool instructions, int times)
    {
        if (times > 1) {
            run(clock, instructions);
        }
        for (int i = 0; i < times; ++i) {
            samples_.push_back(run(clock, instructions));
        }
    }

    [[nodiscard]] json row(bool instructions) const;

private:
    [[nodiscard]] bool is_buffered() const { return how_.by_cpu == bench::copied::to_page_cache; }
    sample run(const bench::busy_clock* clock, bool instructions);

    const bench::contender& how_;
    const bench::sink& to_;
    bench::job work_;
    guest::fd target_;
    bench::runner way_;
    std::vector<sample> samples_;
};

sample entry::run(const bench::busy_clock* clock, bool instructions)
{
    if (!way_ || to_.is_new_each_time()) {
        way_ = nullptr; // lets go of the last file
        target_ = to_.open(work_.bytes, is_buffered());
        work_.target = target_;
        way_ = how_.prepare(work_);
    }
    const auto now = [&] { return clock != nullptr ? clock->now() : bench::now(); };
    const double busy = instructions ? 0 : bench::busy_seconds();
    const double start = now();
    way_();
    if (is_buffered() || to_.sleeps()) {
        ::fdatasync(target_);
    }
    const double end = now();
    const double busy_after = instructions ? 0 : bench::busy_seconds();
    if (is_buffered()) {
        // The next way would have to look through its pages in the page cache.
        ::posix_fadvise(target_, 0, 0, POSIX_FADV_DONTNEED);
    }
    return {end - start, busy_after - busy};
}

json entry::row(bool instructions) const
{
    json row = {{"way", how_.name},    {"label", how_.label},        {"ours", bench::is_ours(how_)},
                {"sink", to_.name()},  {"io_bytes", work_.io_bytes}, {"depth", work_.depth},
                {"bytes", work_.bytes}};
    const double mebibytes = static_cast<double>(work_.bytes) / static_cast<double>(mib);
    std::vector<double> values;
    std::vector<double> cpu;
    for (const sample& one : samples_) {
        values.push_back(instructions ? one.nanoseconds / mebibytes
                                      : mebibytes / (one.nanoseconds * 1e-9));
        cpu.push_back(one.cpu_seconds / (mebibytes / 1024));
    }
    const char* const unit = instructions ? "instructions_per_MiB" : "MiB_per_s";
    row[unit] = bench::median(values);
    row[std::string(unit) + "_samples"] = values;
    if (!instructions) {
        row["cpu_s_per_GiB"] = bench::median(cpu);
        row["cpu_s_per_GiB_samples"] = cpu;
    }
    return row;
}

bool wanted(const options& with, const bench::contender& how, const bench::sink& to)
{
    const bool named = std::find(with.ways.begin(), with.ways.end(), how.name) != with.ways.end();
    // Bare requests go to a disk, not to a file on it.
    return (with.ways.empty() || named) && (std::string_view(how.name) != "floor" || !to.sleeps());
}

/// All ways to one sink.
json measure(bench::sources& memory, const bench::sink& to, const options& with)
{
    std::list<entry> entries;
    for (const std::size_t io_bytes : with.io_bytes) {
        for (const bench::contender& how : bench::contenders()) {
            const bench::source* const from =
                wanted(with, how, to) ? memory.find(how.kind) : nullptr;
            if (from != nullptr && from->memory.size() >= io_bytes) {
                entries.emplace_back(how, *from, to, io_bytes, with);
            }
        }
    }
    std::optional<bench::busy_clock> clock;
    if (with.instructions && to.sleeps()) {
        clock.emplace();
    }
    const bench::busy_clock* const instead = clock ? &*clock : nullptr;
    std::erase_if(entries, [&](entry& each) { return !each.works(instead, with.instructions); });
    // In turns, so that a machine that slows down slows down all. Instructions know no slower
    // machine; there a way that runs twice in a row finds its caches as the first left them.
    const int in_a_row = with.instructions ? with.rounds : 1;
    for (int round = 0; round < with.rounds; round += in_a_row) {
        for (entry& each : entries) {
            each.measure(instead, with.instructions, in_a_row);
        }
    }
    json rows = json::array();
    for (const entry& each : entries) {
        rows.push_back(each.row(with.instructions));
    }
    return rows;
}

} // namespace

int main(int argc, char** argv)
try {
    CLI::App app("what every way costs");
    options with;
    const auto size = CLI::AsSizeValue(false);
    std::string clock;
    app.add_option("CLOCK", clock)->required()->check(CLI::IsMember({"instructions", "rate"}));
    app.add_option("OUT", with.out, "JSON that is written")->required();
    app.add_option("--ways", with.ways, "of contenders(); all")->delimiter(',');
    app.add_option("--sinks", with.sinks, "see sink")->delimiter(',')->required();
    app.add_option("--io", with.io_bytes, "bytes a piece")
        ->delimiter(',')
        ->transform(size)
        ->required();
    app.add_option("--depth", with.depth, "pieces in flight");
    app.add_option("--rounds", with.rounds, "runs of each that count");
    app.add_option("--bytes", with.bytes, "bytes a run")->transform(size);
    CLI11_PARSE(app, argc, argv);
    with.instructions = clock == "instructions";

    bench::sources memory(with.bytes);
    json rows = json::array();
    for (const std::string& name : with.sinks) {
        const bench::sink to(name);
        const json of_sink = measure(memory, to, with);
        rows.insert(rows.end(), of_sink.begin(), of_sink.end());
    }
    bench::write_json(with.out, {{"rows", rows}});
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "field: %s\n", error.what());
    return 1;
}
