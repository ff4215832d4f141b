// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The field: memory of every kind that the guest of bench/guest.sh has, and each way that
/// somebody would take from it to a disk. Errors are exceptions.
#ifndef MEMLANE_BENCH_CONTENDERS_HPP
#define MEMLANE_BENCH_CONTENDERS_HPP

#include "guest.hpp"
#include "ways.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bench {

/// Memory, mapped.
struct source {
    int node = -1;
    std::int64_t node_offset = 0;
    std::span<std::byte> memory;
    std::shared_ptr<void> owner; ///< what keeps both
};

/// Makes memory of a kind when it is first asked for, and keeps it.
class sources {
public:
    /// @param bytes of each; a vfb has at most 64 MiB
    explicit sources(std::size_t bytes) : bytes_(bytes) {}

    /// @param kind of contender::kind
    /// @return nullptr where the guest has none, which is then said on stderr, once
    const source* find(std::string_view kind);

private:
    std::size_t bytes_;
    std::map<std::string_view, std::unique_ptr<source>> made_;
};

/// What the CPU does to each byte.
enum class copied {
    never,
    to_buffer,
    to_page_cache, ///< since direct I/O fails from there
};

/// One way from one kind of memory.
struct contender {
    const char* name;
    const char* label; ///< for people
    const char* kind;  ///< "region", "huge", "dev_mem", "dax", "vfb", "bar"
    runner (*prepare)(const job& work);
    copied by_cpu = copied::never;
};

/// All of them; ours are from "region".
std::span<const contender> contenders();

/// @return whether memlane.ko has a part in it: not so what our ways are compared with
bool is_ours(const contender& one);

} // namespace bench

#endif
