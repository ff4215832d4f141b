// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The memlane command beside what people use today, in turns on one disk:
/// versus host|guest MEMLANE DIRECTORY RESULT.json
#include "json_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr double mib = 1024.0 * 1024;
constexpr double gib = 1024 * mib;

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// What a command took, and what it printed.
struct finished {
    double wall_s;
    double cpu_s;
    double resident_bytes_max;
    std::string out;
};

std::string read_all(int fd)
{
    std::string text;
    char part[4096];
    for (ssize_t got = 0; (got = ::read(fd, part, sizeof(part))) > 0;) {
        text.append(part, static_cast<std::size_t>(got));
    }
    return text;
}

finished run(const std::vector<std::string>& command)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    std::vector<char*> args;
    for (const std::string& word : command) {
        args.push_back(const_cast<char*>(word.c_str()));
    }
    args.push_back(nullptr);
    const auto start = clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execvp(args[0], args.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string out = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    rusage used = {};
    ::wait4(child, &status, 0, &used);
    if (status != 0) {
        throw std::runtime_error(fmt::format("{} failed: {}", command[0], out));
    }
    const std::chrono::duration<double> wall = clock::now() - start;
    return {wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime),
            static_cast<double>(used.ru_maxrss) * 1024, std::move(out)};
}

/// One run of one contender.
struct sample {
    double bytes_per_s;
    double cpu_s_per_gib;
    double resident_beyond_bytes;
};

/// A command under comparison, which makes a new file at each run.
struct contender {
    std::string name;
    std::function<sample()> run;
};

/// The transfer alone, as memlane reports it; making the pattern is not part of it.
contender memlane(const std::string& program, const std::string& name,
                  const std::vector<std::string>& words, double resident_bytes)
{
    return {name, [=] {
                std::vector<std::string> command = {program, "save"};
                command.insert(command.end(), words.begin(), words.end());
                command.emplace_back("--json");
                const finished done = run(command);
                const json result = json::parse(done.out);
                const double bytes = result.at("bytes");
                const double elapsed_s = result.at("elapsed_ns").get<double>() * 1e-9;
                const double cpu_s = result.at("cpu_ns").get<double>() * 1e-9;
                return sample{bytes / elapsed_s, cpu_s / (bytes / gib),
                              done.resident_bytes_max - resident_bytes};
            }};
}

/// The job alone, as fio reports it: without its start and without the last fsync.
contender fio(const std::string& file, const std::string& block, int depth, double bytes)
{
    return {fmt::format("fio {} x {}", block, depth), [=] {
                const finished done = run({"fio", "--name=w", "--filename=" + file,
                                           fmt::format("--size={:.0f}", bytes), "--rw=write",
                                           "--direct=1", "--ioengine=io_uring", "--fixedbufs=1",
                                           "--bs=" + block, fmt::format("--iodepth={}", depth),
                                           "--end_fsync=1", "--output-format=json"});
                const json job = json::parse(done.out.substr(done.out.find('{'))).at("jobs").at(0);
                const double runtime_s = job.at("write").at("runtime").get<double>() * 1e-3;
                const double busy =
                    job.at("usr_cpu").get<double>() + job.at("sys_cpu").get<double>();
                return sample{job.at("write").at("bw_bytes"),
                              busy / 100 * runtime_s / (bytes / gib), 0};
            }};
}

contender dd(const std::string& name, const std::vector<std::string>& words, double bytes)
{
    return {name, [=] {
                std::vector<std::string> command = {"dd", "status=none"};
                command.insert(command.end(), words.begin(), words.end());
                const finished done = run(command);
                return sample{bytes / done.wall_s, done.cpu_s / (bytes / gib), 0};
            }};
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

json summarize(const std::vector<sample>& samples)
{
    std::vector<double> rates;
    std::vector<double> cpu;
    std::vector<double> resident;
    for (const sample& one : samples) {
        rates.push_back(one.bytes_per_s / mib);
        cpu.push_back(one.cpu_s_per_gib);
        resident.push_back(one.resident_beyond_bytes / mib);
    }
    return {{"MiB_per_s", median(rates)},
            {"MiB_per_s_min", *std::min_element(rates.begin(), rates.end())},
            {"MiB_per_s_max", *std::max_element(rates.begin(), rates.end())},
            {"cpu_s_per_GiB", median(cpu)},
            {"resident_beyond_MiB", *std::max_element(resident.begin(), resident.end())}};
}

/// Runs all in turns, so that what the machine does meanwhile meets each alike.
json compare(const std::vector<contender>& contenders, const std::string& file, int rounds)
{
    std::map<std::string, std::vector<sample>> samples;
    for (int round = 0; round < rounds; ++round) {
        for (const contender& one : contenders) {
            std::filesystem::remove(file);
            samples[one.name].push_back(one.run());
        }
    }
    std::filesystem::remove(file);
    json rows = json::array();
    for (const contender& one : contenders) {
        json row = {{"name", one.name}};
        row.update(summarize(samples[one.name]));
        rows.push_back(row);
        fmt::print("{:<28} {:8.0f} MiB/s  {:6.3f} CPU s/GiB\n", one.name,
                   row["MiB_per_s"].get<double>(), row["cpu_s_per_GiB"].get<double>());
        std::fflush(stdout);
    }
    return rows;
}

/// On this machine's own disk, from anonymous memory.
json on_host(const std::string& program, const std::string& file)
{
    constexpr double size = 2 * gib;
    std::vector<contender> contenders = {
        memlane(program, "memlane direct", {"memfd:2G", file}, size),
        memlane(program, "memlane bounce", {"memfd:2G", file, "--way", "bounce"}, size),
        dd("dd bs=16M conv=fsync",
           {"if=/dev/zero", "of=" + file, "bs=16M", "count=128", "conv=fsync"}, size),
    };
    for (const char* block : {"1M", "4M", "16M"}) {
        for (const int depth : {4, 8}) {
            contenders.push_back(fio(file, block, depth, size));
        }
    }
    json rows = compare(contenders, file, 7);
    const json sizes = compare({memlane(program, "memlane direct 256M", {"memfd:256M", file}, 0),
                                memlane(program, "memlane direct 8G", {"memfd:8G", file}, 0)},
                               file, 7);
    rows.insert(rows.end(), sizes.begin(), sizes.end());
    return rows;
}

/// In the guest, from a physical range by /dev/mem.
json in_guest(const std::string& program, const std::string& file)
{
    constexpr double size = 256 * mib;
    const std::string skip = "skip=2147483648"; // 0x80000000, in bytes
    return compare({memlane(program, "memlane bounce /dev/mem",
                            {"phys:0x80000000+256M", file, "--way", "bounce"}, 0),
                    dd("dd /dev/mem oflag=direct",
                       {"if=/dev/mem", "of=" + file, "bs=16M", "count=268435456", skip,
                        "iflag=fullblock,skip_bytes,count_bytes", "oflag=direct"},
                       size)},
                   file, 7);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        fmt::print(stderr, "usage: versus host|guest MEMLANE DIRECTORY RESULT.json\n");
        return 2;
    }
    try {
        const std::string file = std::string(argv[3]) + "/versus.raw";
        const json rows =
            std::string(argv[1]) == "host" ? on_host(argv[2], file) : in_guest(argv[2], file);
        bench::write_json(argv[4], {{"benchmarks", rows}});
    } catch (const std::exception& e) {
        fmt::print(stderr, "versus: {}\n", e.what());
        return 1;
    }
    return 0;
}
