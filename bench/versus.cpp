// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The memlane command beside what people use today, in turns on one disk:
///   versus host|guest|lime MEMLANE DIRECTORY RESULT.json [--quick]
#include "contest.hpp"
#include "json_file.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace {

using bench::competitor;
using bench::gib;
using bench::mib;
using bench::sample;
using nlohmann::json;

/// How long it may take.
struct pace {
    int rounds;
    int rounds_of_slow; ///< of what is slow: a guest's memory by the CPU, the largest files
    int mebibytes;      ///< of one file
    int largest_gib;    ///< of the files that grow
};
constexpr pace whole = {5, 3, 2048, 16};
constexpr pace quick = {3, 3, 512, 1};

/// The transfer alone, as memlane reports it; making the pattern is not part of it.
competitor memlane(const std::string& program, const std::string& name,
                   const std::vector<std::string>& words, double resident_bytes)
{
    return {name, [=] {
                std::vector<std::string> command = {program};
                command.insert(command.end(), words.begin(), words.end());
                command.emplace_back("--json");
                const bench::finished done = bench::run_command(command);
                const json result = json::parse(done.out);
                const double bytes = result.at("bytes");
                const double elapsed_s = result.at("elapsed_ns").get<double>() * 1e-9;
                const double cpu_s = result.at("cpu_ns").get<double>() * 1e-9;
                return sample{bytes / elapsed_s, cpu_s / (bytes / gib),
                              done.resident_bytes_max - resident_bytes};
            }};
}

/// The job alone, as fio reports it: without its start and without the last fsync.
/// @param words say how, beside what all have
competitor fio(const std::string& name, const std::string& direction,
               const std::vector<std::string>& words, double bytes)
{
    return {name, [=] {
                std::vector<std::string> command = {"fio",
                                                    "--name=w",
                                                    "--rw=" + direction,
                                                    "--direct=1",
                                                    "--end_fsync=1",
                                                    "--output-format=json",
                                                    "--thread",
                                                    "--ioengine=io_uring",
                                                    fmt::format("--size={:.0f}", bytes)};
                command.insert(command.end(), words.begin(), words.end());
                const bench::finished done = bench::run_command(command);
                const json job = json::parse(done.out.substr(done.out.find('{'))).at("jobs").at(0);
                const json& moved = job.at(direction);
                const double runtime_s = moved.at("runtime").get<double>() * 1e-3;
                const double busy =
                    job.at("usr_cpu").get<double>() + job.at("sys_cpu").get<double>();
                return sample{moved.at("bw_bytes"), busy / 100 * runtime_s / (bytes / gib), 0};
            }};
}

competitor dd(const std::string& name, const std::vector<std::string>& words, double bytes)
{
    return {name, [=] {
                std::vector<std::string> command = {"dd", "status=none"};
                command.insert(command.end(), words.begin(), words.end());
                const bench::finished done = bench::run_command(command);
                return sample{bytes / done.wall_s, done.cpu_s / (bytes / gib), 0};
            }};
}

/// fio's best, of which nobody knows before which it is.
std::vector<competitor> every_fio(const std::string& file, const std::string& direction,
                                  double bytes)
{
    std::vector<competitor> all;
    constexpr std::pair<const char*, int> settings[] = {{"1M", 4}, {"4M", 8}, {"16M", 8}};
    for (const auto& [block, depth] : settings) {
        all.push_back(fio(fmt::format("fio {} x {}", block, depth), direction,
                          {"--filename=" + file, "--fixedbufs=1", fmt::format("--bs={}", block),
                           fmt::format("--iodepth={}", depth)},
                          bytes));
    }
    return all;
}

void append(json& rows, const char* what, const json& more)
{
    for (json row : more) {
        row["what"] = what;
        rows.push_back(row);
    }
}

/// On this machine's own disk, from and to anonymous memory.
json on_host(const std::string& program, const std::string& file, const pace& at)
{
    const double size = at.mebibytes * mib;
    const std::string memory = fmt::format("memfd:{}M", at.mebibytes);
    const std::string count = fmt::format("count={}", at.mebibytes / 16);
    const auto anew = [&] { std::filesystem::remove(file); };
    const auto leave = [] {};
    json rows = json::array();

    std::vector<competitor> saves = {
        memlane(program, "memlane direct", {"save", memory, file}, size),
        memlane(program, "memlane bounce", {"save", memory, file, "--way", "bounce"}, size),
        dd("dd bs=16M conv=fsync", {"if=/dev/zero", "of=" + file, "bs=16M", count, "conv=fsync"},
           size),
        dd("dd bs=16M oflag=direct",
           {"if=/dev/zero", "of=" + file, "bs=16M", count, "oflag=direct", "conv=fsync"}, size),
    };
    const auto writers = every_fio(file, "write", size);
    saves.insert(saves.end(), writers.begin(), writers.end());
    append(rows, "save", bench::compete(saves, at.rounds, anew));

    std::vector<competitor> loads = {
        memlane(program, "memlane load", {"load", file, memory}, size),
        dd("dd bs=16M iflag=direct",
           {"if=" + file, "of=/dev/null", "bs=16M", count, "iflag=direct"}, size),
    };
    const auto readers = every_fio(file, "read", size);
    loads.insert(loads.end(), readers.begin(), readers.end());
    append(rows, "load", bench::compete(loads, at.rounds, leave));

    std::vector<competitor> sizes;
    for (int mebibytes = 64; mebibytes <= at.largest_gib * 1024; mebibytes *= 4) {
        sizes.push_back(memlane(program, fmt::format("{} MiB", mebibytes),
                                {"save", fmt::format("memfd:{}M", mebibytes), file}, 0));
    }
    append(rows, "size", bench::compete(sizes, at.rounds_of_slow, anew));
    std::filesystem::remove(file);
    return rows;
}

/// In the guest of bench/guest.sh: a region, and beside it a range behind /dev/mem.
json in_guest(const std::string& program, const std::string& file, const pace& at)
{
    constexpr double size = 256 * mib;
    bench::run_command({program, "create", "bench", "--size", "256M", "--phys", "0x80000000"});
    const std::vector<competitor> all = {
        memlane(program, "memlane save", {"save", "bench", file}, 0),
        fio("fio iomem=mmapshared", "write",
            {"--filename=" + file, "--iomem=mmapshared:/dev/memlane/bench", "--bs=1M",
             "--iodepth=4"},
            size),
        memlane(program, "memlane save, /dev/mem", {"save", "phys:0x90000000+256M", file}, 0),
        dd("dd /dev/mem oflag=direct",
           {"if=/dev/mem", "of=" + file, "bs=16M", "count=268435456", "skip=2415919104",
            "iflag=fullblock,skip_bytes,count_bytes", "oflag=direct", "conv=fsync"},
           size),
        dd("dd /dev/mem",
           {"if=/dev/mem", "of=" + file, "bs=16M", "count=268435456", "skip=2415919104",
            "iflag=fullblock,skip_bytes,count_bytes", "conv=fsync"},
           size)};
    json rows = json::array();
    append(rows, "save",
           bench::compete(all, at.rounds_of_slow, [&] { std::filesystem::remove(file); }));
    std::filesystem::remove(file);
    bench::run_command({program, "destroy", "bench"});
    return rows;
}

/// The kernel's own dump of a machine's whole RAM, without what our driver is given.
competitor lime(const std::string& file)
{
    return {"LiME", [=] {
                const bench::finished done =
                    bench::run_command({"modprobe", "lime", "path=" + file, "format=raw"});
                const auto bytes = static_cast<double>(std::filesystem::file_size(file));
                const bench::finished flushed = bench::run_command({"sync", file});
                bench::run_command({"rmmod", "lime"});
                return sample{bytes / (done.wall_s + flushed.wall_s),
                              (done.cpu_s + flushed.cpu_s) / (bytes / gib), 0};
            }};
}

/// In a guest of 1 GiB, of which half is kept for a region: one half by each.
json beside_lime(const std::string& program, const std::string& file, const pace& at)
{
    bench::run_command({program, "create", "bench", "--size", "512M", "--phys", "0x20000000"});
    json rows = json::array();
    append(
        rows, "save",
        bench::compete({memlane(program, "memlane save", {"save", "bench", file}, 0), lime(file)},
                       at.rounds_of_slow, [&] { std::filesystem::remove(file); }));
    std::filesystem::remove(file);
    bench::run_command({program, "destroy", "bench"});
    return rows;
}

json run(std::string_view where, const std::string& program, const std::string& file,
         const pace& at)
{
    if (where == "host") {
        return on_host(program, file, at);
    }
    return where == "lime" ? beside_lime(program, file, at) : in_guest(program, file, at);
}

} // namespace

int main(int argc, char** argv)
{
    const bool in_short = argc == 6 && std::string_view(argv[5]) == "--quick";
    if (argc != 5 && !in_short) {
        fmt::print(stderr,
                   "usage: versus host|guest|lime MEMLANE DIRECTORY RESULT.json [--quick]\n");
        return 2;
    }
    try {
        const std::string file = std::string(argv[3]) + "/versus.raw";
        const pace& at = in_short ? quick : whole;
        bench::write_json(argv[4], {{"rows", run(argv[1], argv[2], file, at)}});
    } catch (const std::exception& e) {
        fmt::print(stderr, "versus: {}\n", e.what());
        return 1;
    }
    return 0;
}
