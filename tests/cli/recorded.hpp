// SPDX-License-Identifier: GPL-2.0-or-later
// What tests of `memlane record` stand on: a ring, somebody who fills it, and
// what there is to say of a recording afterwards.
#ifndef MEMLANE_TESTS_CLI_RECORDED_HPP
#define MEMLANE_TESTS_CLI_RECORDED_HPP

#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "guest.hpp"

namespace guest {

/// A region with slots.
inline region make_ring(const std::string& size = "16M", const std::string& slot = "256K")
{
    return region({.size = size, .attributes = {{"slot_size", slot}}});
}

/// Frames committed, delivered, dropped, waiting; slots filling, held.
struct ring_counts {
    std::uint64_t committed, delivered, dropped, waiting, filling, held;
};

inline ring_counts counts_of(const std::string& region)
{
    std::istringstream line(read_line("/sys/class/memlane/" + region + "/ring"));
    ring_counts now = {};
    line >> now.committed >> now.delivered >> now.dropped >> now.waiting >> now.filling >> now.held;
    EXPECT_EQ(now.committed, now.delivered + now.dropped + now.waiting);
    return now;
}

inline ring_counts counts_of(const region& ring)
{
    return counts_of(ring.name());
}

template <typename Condition>
void wait_until(Condition condition)
{
    for (int i = 0; i < 2000 && !condition(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_TRUE(condition()) << "in 10 seconds";
}

/// `memlane produce` in the background; it stamps its frames.
class background_producer {
public:
    background_producer(const region& ring, std::vector<std::string> options)
        : command_([&] {
              options.insert(options.begin(), {"produce", ring.name()});
              return options;
          }())
    {
        wait_until([&] { return counts_of(ring).committed > 0; });
    }

private:
    command command_;
};

/// @return what `memlane check` says of @p base, and nothing but that it is whole.
inline nlohmann::json check_whole(const std::string& base)
{
    const command_result result = memlane({"check", base, "--json"});
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    return nlohmann::json::parse(result.out, nullptr, false);
}

inline nlohmann::json read_json(const std::string& path)
{
    std::ifstream in(path);
    return nlohmann::json::parse(in, nullptr, false);
}

} // namespace guest

#endif
