// SPDX-License-Identifier: GPL-2.0-or-later
#include "contest.hpp"

#include "statistics.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

using nlohmann::json;
using clock = std::chrono::steady_clock;

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::string read_all(int fd)
{
    std::string text;
    char part[4096];
    for (ssize_t got = 0; (got = ::read(fd, part, sizeof(part))) > 0;) {
        text.append(part, static_cast<std::size_t>(got));
    }
    return text;
}

} // namespace

finished run_command(const std::vector<std::string>& command)
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

namespace {

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
            {"MiB_per_s_samples", rates},
            {"cpu_s_per_GiB", median(cpu)},
            {"cpu_s_per_GiB_samples", cpu},
            {"resident_beyond_MiB", *std::max_element(resident.begin(), resident.end())}};
}

} // namespace

json compete(const std::vector<competitor>& competitors, int rounds,
             const std::function<void()>& before)
{
    std::map<std::string, std::vector<sample>> samples;
    for (int round = 0; round < rounds; ++round) {
        for (const competitor& one : competitors) {
            before();
            samples[one.name].push_back(one.run());
        }
    }
    json rows = json::array();
    for (const competitor& one : competitors) {
        json row = {{"name", one.name}};
        row.update(summarize(samples[one.name]));
        rows.push_back(row);
        fmt::print("{:<36} {:8.0f} MiB/s  {:6.3f} CPU s/GiB\n", one.name,
                   row["MiB_per_s"].get<double>(), row["cpu_s_per_GiB"].get<double>());
        std::fflush(stdout);
    }
    return rows;
}

} // namespace bench
