// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Commands that do the same work, in turns.
#ifndef MEMLANE_BENCH_CONTEST_HPP
#define MEMLANE_BENCH_CONTEST_HPP

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bench {

constexpr double mib = 1024.0 * 1024;
constexpr double gib = 1024 * mib;

/// What a command took, and what it printed.
struct finished {
    double wall_s;
    double cpu_s; ///< of the process, user and system
    double resident_bytes_max;
    std::string out; ///< standard output
};

/// Runs a program of PATH. @throws std::runtime_error if it does not end with 0,
///     std::system_error
finished run_command(const std::vector<std::string>& command);

/// One run of one competitor.
struct sample {
    double bytes_per_s;
    double cpu_s_per_gib;
    double resident_beyond_bytes; ///< memory beyond what is moved
};

/// A command under comparison.
struct competitor {
    std::string name;
    std::function<sample()> run; ///< throws what run_command() does
};

/// Runs all in turns, so that what the machine does meanwhile meets each alike.
/// @param before is called before each run
/// @return a row each, medians and all samples; also printed
nlohmann::json compete(const std::vector<competitor>& competitors, int rounds,
                       const std::function<void()>& before);

} // namespace bench

#endif
