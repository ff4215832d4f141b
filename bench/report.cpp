// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Makes one table and one JSON file of what the other programs measured:
/// report COST.json MEMORY.json SCREEN.json FRAMES.json THROUGHPUT.json
/// HOST.json GUEST.json WATCH.json RECORD.json PACE.json RESULTS.json
#include "json_file.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

/// "way/sink/size/..." of a benchmark's name, or "name/argument/...".
std::vector<std::string> parts_of(const std::string& name)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= name.size();) {
        const std::size_t end = std::min(name.find('/', start), name.size());
        parts.push_back(name.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

json read(const std::string& path)
{
    return bench::read_json(path).at("benchmarks");
}

json cost_rows(const json& benchmarks)
{
    json rows = json::array();
    for (const json& one : benchmarks) {
        const auto parts = parts_of(one.at("name"));
        rows.push_back({{"way", parts.at(0)},
                        {"sink", parts.at(1)},
                        {"io", parts.at(2)},
                        {"instructions_per_MiB", one.at("instructions_per_MiB")},
                        {"instructions_per_IO", one.at("instructions_per_IO")}});
    }
    return rows;
}

json memory_rows(const json& benchmarks)
{
    json rows = json::array();
    for (const json& one : benchmarks) {
        const auto parts = parts_of(one.at("name"));
        rows.push_back({{"what", parts.at(0)},
                        {"MiB", std::stoi(parts.at(1))},
                        {"instructions_per_MiB", one.at("instructions_per_MiB")},
                        {"guest_ms", one.at("real_time")}});
    }
    return rows;
}

json screen_rows(const json& benchmarks)
{
    json rows = json::array();
    for (const json& one : benchmarks) {
        rows.push_back({{"what", parts_of(one.at("name")).at(0)},
                        {"instructions_per_frame", one.at("instructions_per_frame")}});
    }
    return rows;
}

json frames_rows(const json& benchmarks)
{
    json rows = json::array();
    for (const json& one : benchmarks) {
        rows.push_back({{"name", parts_of(one.at("name")).at(0)},
                        {"instructions_per_frame", one.at("instructions_per_frame")}});
    }
    return rows;
}

json throughput_rows(const json& benchmarks)
{
    json rows = json::array();
    for (const json& one : benchmarks) {
        json row = {{"name", one.at("name")}};
        for (const char* field : {"save_MiB_per_s", "write_MiB_per_s", "save_to_write",
                                  "save_to_write_min", "save_to_write_max"}) {
            row[field] = one.at(field);
        }
        rows.push_back(row);
    }
    return rows;
}

double versus_of(const json& results, const char* where, const std::string& name,
                 const char* field = "MiB_per_s")
{
    for (const json& row : results.at(where)) {
        if (row.at("name") == name) {
            return row.at(field);
        }
    }
    throw std::runtime_error("not measured: " + name);
}

/// @return what @p better keeps of a field of all runs of fio.
double fio_of(const json& results, const char* field,
              const std::function<double(double, double)>& better)
{
    std::optional<double> best;
    for (const json& row : results.at("host")) {
        if (row.at("name").get<std::string>().starts_with("fio")) {
            const double value = row.at(field);
            best = best ? better(*best, value) : value;
        }
    }
    return best.value();
}

double cost_of(const json& results, const std::string& way, const std::string& sink,
               const std::string& io)
{
    for (const json& row : results.at("cost")) {
        if (row.at("way") == way && row.at("sink") == sink && row.at("io") == io) {
            return row.at("instructions_per_MiB");
        }
    }
    throw std::runtime_error("not measured: " + way + " to " + sink + " by " + io);
}

double memory_of(const json& results, const std::string& what, int mebibytes, const char* field)
{
    for (const json& row : results.at("memory")) {
        if (row.at("what") == what && row.at("MiB") == mebibytes) {
            return row.at(field);
        }
    }
    throw std::runtime_error("not measured: " + what);
}

double screen_of(const json& results, const std::string& what)
{
    for (const json& row : results.at("screen")) {
        if (row.at("what") == what) {
            return row.at("instructions_per_frame");
        }
    }
    throw std::runtime_error("not measured: " + what);
}

/// A thousand of anything is easier to compare with its separators.
std::string grouped(double value)
{
    std::string digits = fmt::format("{:.0f}", value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

void print_cost(const json& results)
{
    fmt::print("Guest instructions for a MiB, reserved region to null_blk (\"large\": "
               "max_sectors=8192)\n\n"
               "| way | 4 KiB | 1 MiB | 16 MiB | large 1 MiB | large 16 MiB |\n"
               "|---|--:|--:|--:|--:|--:|\n");
    for (const char* way : {"save", "save_call_each", "load", "mapped_write", "mapped_uring",
                            "sendfile", "read_and_write", "huge_write", "huge_uring_registered"}) {
        const auto cell = [&](const char* sink, const char* io) {
            return grouped(cost_of(results, way, sink, io));
        };
        fmt::print("| {} | {} | {} | {} | {} | {} |\n", way, cell("default", "4KiB"),
                   cell("default", "1MiB"), cell("default", "16MiB"),
                   cell("large_requests", "1MiB"), cell("large_requests", "16MiB"));
    }
}

void print_memory(const json& results)
{
    fmt::print("\nMaking and mapping memory, guest instructions for a MiB\n\n"
               "| what | 64 MiB | 1024 MiB |\n|---|--:|--:|\n");
    for (const char* what :
         {"zero", "create", "map_and_touch", "anonymous_huge", "anonymous_small"}) {
        fmt::print("| {} | {} | {} |\n", what,
                   grouped(memory_of(results, what, 64, "instructions_per_MiB")),
                   grouped(memory_of(results, what, 1024, "instructions_per_MiB")));
    }
}

void print_screen(const json& results)
{
    fmt::print("\nA picture of 1920x1080 xrgb8888, guest instructions\n\n"
               "| what | instructions |\n|---|--:|\n");
    for (const char* what :
         {"draw_mapped", "draw_anonymous", "draw_and_write", "save_screen", "save_plain"}) {
        fmt::print("| {} | {} |\n", what, grouped(screen_of(results, what)));
    }
}

void print_throughput(const json& results)
{
    fmt::print("\nSAVE beside write(2) from anonymous huge pages, ext4 on virtio, medians\n\n"
               "| I/O, file | SAVE MiB/s | write MiB/s | ratio (min-max) |\n|---|--:|--:|--:|\n");
    for (const json& row : results.at("throughput")) {
        const auto parts = parts_of(row.at("name"));
        const auto number = [&](const char* field) { return row.at(field).get<double>(); };
        fmt::print("| {} MiB, {} | {} | {} | {:.2f} ({:.2f}-{:.2f}) |\n",
                   parts.at(1).substr(parts.at(1).find(':') + 1),
                   parts.at(2) == "fresh:1" ? "new" : "written over",
                   grouped(number("save_MiB_per_s")), grouped(number("write_MiB_per_s")),
                   number("save_to_write"), number("save_to_write_min"),
                   number("save_to_write_max"));
    }
}

void print_versus(const json& results)
{
    for (const char* where : {"host", "guest"}) {
        fmt::print("\n{}, in turns, medians of 7\n\n"
                   "| what | MiB/s (min-max) | CPU s/GiB |\n|---|--:|--:|\n",
                   std::string(where) == "host"
                       ? "New files on this machine's disk, 2 GiB unless named"
                       : "256 MiB of /dev/mem to new files, ext4 on virtio, in the guest");
        for (const json& row : results.at(where)) {
            const auto number = [&](const char* field) { return row.at(field).get<double>(); };
            fmt::print("| {} | {} ({}-{}) | {:.4f} |\n", row.at("name").get<std::string>(),
                       grouped(number("MiB_per_s")), grouped(number("MiB_per_s_min")),
                       grouped(number("MiB_per_s_max")), number("cpu_s_per_GiB"));
        }
    }
}

void print_watch(const json& results)
{
    fmt::print("\nWatching a screen of 1920x1080 xrgb8888 with one client\n\n"
               "| screen | % of a core | updates/s |\n|---|--:|--:|\n");
    for (const json& row : results.at("watch")) {
        fmt::print("| {} | {:.2f} | {:.2f} |\n", row.at("name").get<std::string>(),
                   row.at("cpu_percent").get<double>(), row.at("updates_per_s").get<double>());
    }
}

void print_frames(const json& results)
{
    fmt::print("\nA frame on its way through a ring, guest instructions\n\n"
               "| what | instructions |\n|---|--:|\n");
    for (const json& row : results.at("frames")) {
        fmt::print("| {} | {} |\n", row.at("name").get<std::string>(),
                   grouped(row.at("instructions_per_frame")));
    }
}

void print_record(const json& results)
{
    fmt::print(
        "\nA full ring of 1 GiB recorded, and saved, in turns, ext4 on virtio, medians of 5\n\n"
        "| what | record MiB/s | save MiB/s | ratio (min-max) |\n|---|--:|--:|--:|\n");
    for (const json& row : results.at("record")) {
        const auto number = [&](const char* field) { return row.at(field).get<double>(); };
        fmt::print("| {} | {} | {} | {:.2f} ({:.2f}-{:.2f}) |\n", row.at("name").get<std::string>(),
                   grouped(number("record_MiB_per_s")), grouped(number("save_MiB_per_s")),
                   number("record_to_save"), number("record_to_save_min"),
                   number("record_to_save_max"));
    }
}

void print_pace(const json& results)
{
    fmt::print("\nA producer in a ring of 64 MiB, recorded to a disk of 400 MiB/s\n\n"
               "| producer | s | wanted MiB/s | MiB/s | recorded | dropped | late ms |\n"
               "|---|--:|--:|--:|--:|--:|--:|\n");
    for (const json& row : results.at("pace")) {
        const auto number = [&](const char* field) { return row.at(field).get<double>(); };
        fmt::print("| {} | {:.0f} | {} | {} | {} | {} | {:.1f} |\n",
                   row.at("name").get<std::string>(), number("seconds"),
                   grouped(number("wanted_MiB_per_s")), grouped(number("produced_MiB_per_s")),
                   grouped(number("recorded")), grouped(number("dropped")),
                   number("producer_late_ms"));
    }
}

/// A number that the project promises.
struct promise {
    std::string what;
    double measured;
    double limit;
    bool at_least;
};

void add_versus_promises(const json& results, std::vector<promise>& all)
{
    const auto of = [&](const char* name, const char* field) {
        return versus_of(results, "host", name, field);
    };
    const double direct = of("memlane direct", "MiB_per_s");
    const double direct_cpu = of("memlane direct", "cpu_s_per_GiB");
    const char* const dd = "dd bs=16M conv=fsync";
    const auto most = [](double a, double b) { return std::max(a, b); };
    const auto least = [](double a, double b) { return std::min(a, b); };

    all.push_back({"memlane save to the best of fio, throughput",
                   direct / fio_of(results, "MiB_per_s", most), 0.97, true});
    all.push_back({"memlane save to the least of fio, CPU",
                   direct_cpu / fio_of(results, "cpu_s_per_GiB", least), 1, false});
    all.push_back({"memlane save to dd, throughput", direct / of(dd, "MiB_per_s"), 2, true});
    all.push_back({"dd to memlane save, CPU", of(dd, "cpu_s_per_GiB") / direct_cpu, 5, true});
    all.push_back(
        {"bounce to direct, throughput", of("memlane bounce", "MiB_per_s") / direct, 0.9, true});
    all.push_back({"bounce, MiB of memory beyond the source",
                   of("memlane bounce", "resident_beyond_MiB"), 64, false});
    all.push_back({"direct, MiB of memory beyond the source",
                   of("memlane direct", "resident_beyond_MiB"), 16, false});
    all.push_back(
        {"direct, CPU a GiB of 8 GiB to that of 256 MiB",
         of("memlane direct 8G", "cpu_s_per_GiB") / of("memlane direct 256M", "cpu_s_per_GiB"), 1.1,
         false});
    all.push_back({"bounce from /dev/mem to dd oflag=direct, in the guest",
                   versus_of(results, "guest", "memlane bounce /dev/mem") /
                       versus_of(results, "guest", "dd /dev/mem oflag=direct"),
                   1.3, true});
}

void add_screen_promises(const json& results, std::vector<promise>& all)
{
    const double drawn = screen_of(results, "draw_mapped");
    // Counts repeat to 0.3 %.
    all.push_back({"a picture drawn in a mapped screen to one in anonymous memory",
                   drawn / screen_of(results, "draw_anonymous"), 1.003, false});
    all.push_back({"a picture drawn in a mapped screen to one that is written there",
                   drawn / screen_of(results, "draw_and_write"), 0.6, false});
    all.push_back({"SAVE of a screen to that of a plain region",
                   screen_of(results, "save_screen") / screen_of(results, "save_plain"), 1.1,
                   false});
}

void add_watch_promises(const json& results, std::vector<promise>& all)
{
    const auto of = [&](const char* name, const char* field) {
        return versus_of(results, "watch", name, field);
    };
    all.push_back({"view of a still screen, % of a core", of("still", "cpu_percent"), 3, false});
    all.push_back(
        {"view of the animated card, % of a core", of("animated", "cpu_percent"), 100, false});
    all.push_back({"view of the animated card, of 30 pictures a second",
                   of("animated", "updates_per_s"), 28.5, true});
}

void add_record_promises(const json& results, std::vector<promise>& all)
{
    const auto of = [&](const char* name, const char* field) {
        return versus_of(results, "record", name, field);
    };
    const auto pace = [&](const char* name, const char* field) {
        return versus_of(results, "pace", name, field);
    };
    all.push_back({"a commit until a sleeper's NEXT, instructions",
                   versus_of(results, "frames", "commit_to_next", "instructions_per_frame"), 20000,
                   false});
    all.push_back({"record to save, frames of 1 MiB", of("frames of 1024 KiB", "record_to_save"),
                   0.95, true});
    all.push_back({"record to save, frames of 4 MiB", of("frames of 4096 KiB", "record_to_save"),
                   0.95, true});
    all.push_back(
        {"record to save, frames of 4 KiB", of("frames of 4 KiB", "record_to_save"), 0.5, true});
    all.push_back({"frames lost of a producer at 90 % of save",
                   pace("producer at 90 % of save", "dropped"), 0, false});
    all.push_back({"recorded frames that are wrong, producer at 200 % of save",
                   pace("producer at 200 % of save", "wrong"), 0, false});
}

std::vector<promise> promises(const json& results)
{
    std::vector<promise> all;
    const auto at_most = [&](const char* way, const char* sink, const char* io, double limit) {
        all.push_back({fmt::format("{} to {} by {}, instructions a MiB", way, sink, io),
                       cost_of(results, way, sink, io), limit, false});
    };
    at_most("save", "default", "1MiB", 39000);
    at_most("save", "default", "16MiB", 28000);
    at_most("save", "large_requests", "1MiB", 14000);
    at_most("save", "large_requests", "16MiB", 4500);
    at_most("mapped_write", "default", "1MiB", 111000);
    for (const char* sink : {"default", "large_requests"}) {
        for (const char* io : {"1MiB", "16MiB"}) {
            at_most("save", sink, io, cost_of(results, "huge_uring_registered", sink, io));
        }
    }

    all.push_back({"1 GiB region created, ms beyond zeroing",
                   memory_of(results, "create", 1024, "guest_ms") -
                       memory_of(results, "zero", 1024, "guest_ms"),
                   1000, false});
    all.push_back({"map and touch 1 GiB, instructions a MiB (limit: anonymous memory)",
                   memory_of(results, "map_and_touch", 1024, "instructions_per_MiB"),
                   std::min(memory_of(results, "anonymous_huge", 1024, "instructions_per_MiB"),
                            memory_of(results, "anonymous_small", 1024, "instructions_per_MiB")),
                   false});
    for (const json& row : results.at("throughput")) {
        all.push_back({row.at("name").get<std::string>() + ", SAVE to write(2)",
                       row.at("save_to_write"), 0.95, true});
    }
    add_screen_promises(results, all);
    add_watch_promises(results, all);
    add_record_promises(results, all);
    add_versus_promises(results, all);
    return all;
}

bool print_promises(const json& results)
{
    bool all_kept = true;
    fmt::print("\n| promise | measured | limit | |\n|---|--:|--:|---|\n");
    for (const promise& one : promises(results)) {
        const bool kept = one.at_least ? one.measured >= one.limit : one.measured <= one.limit;
        all_kept = all_kept && kept;
        const auto number = [](double value) {
            return value < 100 ? fmt::format("{:.2f}", value) : grouped(value);
        };
        fmt::print("| {} | {} | {} {} | {} |\n", one.what, number(one.measured),
                   one.at_least ? "at least" : "at most", number(one.limit),
                   kept ? "kept" : "BROKEN");
    }
    return all_kept;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 12) {
        fmt::print(stderr, "usage: report COST.json MEMORY.json SCREEN.json FRAMES.json "
                           "THROUGHPUT.json HOST.json GUEST.json WATCH.json RECORD.json PACE.json "
                           "RESULTS.json\n");
        return 2;
    }
    const json results = {{"schema", 1},
                          {"cost", cost_rows(read(argv[1]))},
                          {"memory", memory_rows(read(argv[2]))},
                          {"screen", screen_rows(read(argv[3]))},
                          {"frames", frames_rows(read(argv[4]))},
                          {"throughput", throughput_rows(read(argv[5]))},
                          {"host", read(argv[6])},
                          {"guest", read(argv[7])},
                          {"watch", read(argv[8])},
                          {"record", read(argv[9])},
                          {"pace", read(argv[10])}};
    std::ofstream out(argv[11]);
    out << results.dump(2) << '\n';
    if (!out.flush()) {
        fmt::print(stderr, "report: cannot write {}\n", argv[11]);
        return 1;
    }
    print_cost(results);
    print_memory(results);
    print_screen(results);
    print_frames(results);
    print_throughput(results);
    print_versus(results);
    print_watch(results);
    print_record(results);
    print_pace(results);
    return print_promises(results) ? 0 : 1;
}
