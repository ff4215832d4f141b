// SPDX-License-Identifier: GPL-2.0-or-later
#include "window_map.hpp"

#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "guest.hpp"
#include "memfd_memory.hpp"

namespace {

using guest::mib;
using memlane::detail::held_bytes;
using memlane::detail::job;
using memlane::detail::window_map;

constexpr std::uint32_t seed = 17;

job job_over(const memlane::source& memory, std::uint64_t offset, std::uint64_t length,
             std::uint32_t io_bytes)
{
    return {.memory = &memory,
            .file_fd = -1,
            .heading = memlane::detail::direction::save,
            .offset = offset,
            .length = length,
            .file_offset = 0,
            .io_bytes = io_bytes,
            .depth = 1};
}

/** @return whether @p part is the memory's bytes at @p offset. */
bool is_part(const held_bytes& part, const memfd_memory& memory, std::uint64_t offset)
{
    const auto* const data = reinterpret_cast<const unsigned char*>(part.bytes.data());
    return std::equal(data, data + part.bytes.size(),
                      memory.bytes().begin() + static_cast<std::ptrdiff_t>(offset));
}

TEST(WindowMap, gives_each_piece_of_a_job)
{
    const memfd_memory memory(200 * mib, seed);
    const job work = job_over(memory, 8192, 180 * mib, 4 * mib);
    window_map windows(work);
    for (const std::uint64_t piece : {std::uint64_t{0}, 60 * mib, 64 * mib, 176 * mib, 4 * mib}) {
        EXPECT_TRUE(is_part(windows.at(piece, 4 * mib), memory, 8192 + piece)) << piece;
    }
}

TEST(WindowMap, keeps_a_window_as_long_as_its_bytes_are_held)
{
    const memfd_memory memory(130 * mib, seed);
    const job work = job_over(memory, 0, 130 * mib, mib);
    window_map windows(work);
    const held_bytes first = windows.at(0, mib);
    const held_bytes last = windows.at(129 * mib, mib);
    EXPECT_TRUE(is_part(first, memory, 0));
    EXPECT_TRUE(is_part(last, memory, 129 * mib));
}

#if !defined(__SANITIZE_ADDRESS__) // which takes terabytes of address space for itself
std::uint64_t address_space()
{
    std::ifstream statm("/proc/self/statm");
    std::uint64_t pages = 0;
    statm >> pages;
    return pages * guest::page;
}

TEST(WindowMap, takes_smaller_windows_where_address_space_is_short)
{
    const memfd_memory memory(200 * mib, seed);
    const int status = guest::in_child([&] {
        const rlim_t limit = address_space() + 20 * mib;
        const rlimit both = {limit, limit};
        ::setrlimit(RLIMIT_AS, &both);
        const job work = job_over(memory, 0, 200 * mib, mib);
        window_map windows(work);
        for (std::uint64_t at = 0; at < 200 * mib; at += mib) {
            if (!is_part(windows.at(at, mib), memory, at)) {
                return 1;
            }
        }
        return 0;
    });
    EXPECT_EQ(status, 0);
}
#endif

} // namespace
