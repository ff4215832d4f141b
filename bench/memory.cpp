// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What it costs to make a region and to map it, beside anonymous memory.
/// Runs where the clock counts instructions (scripts/vm --icount).
#include "clock.hpp"
#include "guest.hpp"
#include "ways.hpp"

#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/mman.h>

namespace {

using guest::mib;

/// @return nanoseconds that @p bytes of anonymous memory take to map and touch
double anonymous(std::size_t bytes, int advice)
{
    void* address = MAP_FAILED;
    const double spent = bench::time_of([&] {
        address =
            ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ::madvise(address, bytes, advice);
        bench::touch({static_cast<std::byte*>(address), bytes});
    });
    ::munmap(address, bytes);
    return spent;
}

void report(benchmark::State& state, std::size_t bytes, double nanoseconds)
{
    state.SetIterationTime(nanoseconds / 1e9);
    state.counters["instructions_per_MiB"] =
        nanoseconds / (static_cast<double>(bytes) / static_cast<double>(mib));
}

void create(benchmark::State& state)
{
    const auto bytes = static_cast<std::size_t>(state.range(0)) * mib;
    for (auto _ : state) {
        const double start = bench::now();
        const guest::region region({.size = std::to_string(bytes)});
        report(state, bytes, bench::now() - start);
        if (region.error() != 0) {
            throw std::runtime_error("no region");
        }
    }
}

void map_and_touch(benchmark::State& state)
{
    const auto bytes = static_cast<std::size_t>(state.range(0)) * mib;
    const guest::region region({.size = std::to_string(bytes)});
    const guest::fd node = region.open(O_RDWR);
    for (auto _ : state) {
        const double start = bench::now();
        const bench::file_memory memory(node, bytes);
        bench::touch(memory.bytes());
        report(state, bytes, bench::now() - start);
    }
}

void anonymous_huge(benchmark::State& state)
{
    const auto bytes = static_cast<std::size_t>(state.range(0)) * mib;
    for (auto _ : state) {
        report(state, bytes, anonymous(bytes, MADV_HUGEPAGE));
    }
}

void anonymous_small(benchmark::State& state)
{
    const auto bytes = static_cast<std::size_t>(state.range(0)) * mib;
    for (auto _ : state) {
        report(state, bytes, anonymous(bytes, MADV_NOHUGEPAGE));
    }
}

/// Writing zeroes into memory that is there: the part of creation that no way
/// of making a region can save.
void zero(benchmark::State& state)
{
    const auto bytes = static_cast<std::size_t>(state.range(0)) * mib;
    const bench::huge_memory memory(bytes);
    for (auto _ : state) {
        report(state, bytes, bench::time_of([&] {
                   std::size_t count = bytes;
                   void* at = memory.bytes().data();
                   asm volatile("rep stosb" : "+D"(at), "+c"(count) : "a"(0) : "memory");
               }));
    }
}

#define SIZES Arg(64)->Arg(1024)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1)
BENCHMARK(zero)->SIZES;
BENCHMARK(create)->SIZES;
BENCHMARK(map_and_touch)->SIZES;
BENCHMARK(anonymous_huge)->SIZES;
BENCHMARK(anonymous_small)->SIZES;

} // namespace

BENCHMARK_MAIN();
