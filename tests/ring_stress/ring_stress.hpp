// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Producers and consumers race on a ring. Consumers come and go, each by
/// another way to wait; each is already waiting when the one before leaves.
#ifndef MEMLANE_TESTS_RING_STRESS_RING_STRESS_HPP
#define MEMLANE_TESTS_RING_STRESS_RING_STRESS_HPP

#include "waiter.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace guest {

struct stress_plan {
    std::uint64_t frames;   ///< commits, at least
    std::size_t slots = 16; ///< at least 4
    std::string policy = "drop-newest";
    std::uint32_t seed = 1;
    unsigned patience_s = 20; ///< no frame taken in as long is a hang
};

struct stress_result {
    std::string trouble; ///< empty if all went well; else what, and how all stood
    std::uint64_t committed = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    std::uint64_t taken = 0; ///< as the consumers count
    std::uint64_t gaps = 0;  ///< frames that the consumers were told are missing
    std::uint64_t producers = 0;
    std::uint64_t consumers = 0;
    double seconds = 0;
    std::array<std::uint64_t, io_models> taken_by = {};
    std::array<std::uint64_t, io_models> waits_of = {};
};

stress_result run_ring_stress(const stress_plan& plan);

/// Runs it, prints what it did, and expects every frame to be accounted for.
void expect_no_frame_lost(const stress_plan& plan);

} // namespace guest

#endif
