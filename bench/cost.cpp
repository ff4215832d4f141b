// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Guest instructions for a MiB, each way. Runs where the clock counts
/// instructions (scripts/vm --icount: 1 ns is one), to sinks that cost nothing
/// themselves and never sleep.
#include "clock.hpp"
#include "guest.hpp"
#include "ways.hpp"

#include <string>

#include <benchmark/benchmark.h>
#include <fcntl.h>

namespace {

using guest::mib;

constexpr std::size_t bytes = 64 * mib;

/// The regions, memory and sinks of all measurements.
struct field {
    guest::region region{{.size = std::to_string(bytes), .phys_addr = guest::reserved_base}};
    guest::fd node = region.open(O_RDWR);
    bench::file_memory mapped{node, bytes};
    bench::huge_memory huge{bytes};
    guest::null_disk usual{{.size_mib = 1024, .memory_backed = false}};
    guest::null_disk large{{.size_mib = 1024, .memory_backed = false, .max_sectors = 8192}};
};

struct way {
    const char* name;
    bench::runner (*prepare)(const bench::job&);
    bool from_huge_pages;
};

constexpr way ways[] = {
    {"save", bench::save, false},
    {"save_call_each", bench::save_each, false},
    {"load", bench::load, false},
    {"mapped_write", bench::write_memory, false},
    {"mapped_uring", bench::uring, false},
    {"sendfile", bench::send_file, false},
    {"read_and_write", bench::read_and_write, false},
    {"huge_write", bench::write_memory, true},
    {"huge_uring_registered", bench::uring_registered, true},
};

void measure(benchmark::State& state, const field& with, const way& how,
             const guest::null_disk& sink, std::size_t io_bytes)
{
    const guest::fd target(::open(sink.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    bench::job work;
    work.node = with.node;
    work.memory = how.from_huge_pages ? with.huge.bytes() : with.mapped.bytes();
    work.target = target;
    work.bytes = io_bytes < 64 * guest::kib ? bytes / 16 : bytes;
    work.io_bytes = io_bytes;

    const bench::runner run = how.prepare(work);
    run(); // page tables, caches of the allocator
    const double mebibytes = static_cast<double>(work.bytes) / static_cast<double>(mib);
    double spent = 0;
    for (auto _ : state) {
        const double once = bench::time_of(run);
        spent += once;
        state.SetIterationTime(once / 1e9);
    }
    const auto runs = static_cast<double>(state.iterations());
    state.counters["instructions_per_MiB"] = spent / runs / mebibytes;
    state.counters["instructions_per_IO"] =
        spent / runs / (static_cast<double>(work.bytes) / static_cast<double>(io_bytes));
}

std::string size_name(std::size_t size)
{
    return size < mib ? std::to_string(size / guest::kib) + "KiB"
                      : std::to_string(size / mib) + "MiB";
}

void add(const field& with, const way& how, const char* sink_name, const guest::null_disk& sink,
         std::size_t io_bytes)
{
    const std::string name = std::string(how.name) + "/" + sink_name + "/" + size_name(io_bytes);
    benchmark::RegisterBenchmark(
        name.c_str(),
        [&, io_bytes](benchmark::State& state) { measure(state, with, how, sink, io_bytes); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(3);
}

} // namespace

int main(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv);
    const field with;
    for (const way& how : ways) {
        for (const std::size_t io_bytes :
             {std::size_t{4096}, std::size_t{mib}, std::size_t{16 * mib}}) {
            add(with, how, "default", with.usual, io_bytes);
            add(with, how, "large_requests", with.large, io_bytes);
        }
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
