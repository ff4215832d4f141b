// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_GATE_HPP
#define MEMLANE_BENCH_GATE_HPP

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bench {

/// Dearer than the baseline by more than this, and the gate is shut.
constexpr double tolerance = 0.03;

/// What one way costs, now and by the baseline, in guest instructions a MiB.
struct cost_change {
    std::string way;
    double before; ///< 0: the baseline does not know the way
    double now;    ///< 0: it was not measured

    /// @return by how much it grew, as a fraction; 0 if either is missing
    [[nodiscard]] double growth() const noexcept;
    /// @return whether it is missing on one side, or too dear
    [[nodiscard]] bool fails() const noexcept;
};

/// @param measured what `field instructions` wrote
/// @param kernel `uname -r` of the guest
/// @return a baseline: {"kernel": ..., "instructions_per_MiB": {WAY: ...}} of
///     our own ways, since what the kernel's cost is not ours to mend
/// @throws nlohmann::json::exception if @p measured is something else
nlohmann::json make_baseline(const nlohmann::json& measured, const std::string& kernel);

/// @return each way of either baseline, in order of its name
/// @throws nlohmann::json::exception if one is no baseline
std::vector<cost_change> compare(const nlohmann::json& before, const nlohmann::json& now);

} // namespace bench

#endif
