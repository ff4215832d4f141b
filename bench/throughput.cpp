// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// SAVE beside write(2) from anonymous memory, to ext4 on a virtio disk. The
/// two take turns, so that a machine that slows down slows down both.
#include "clock.hpp"
#include "guest.hpp"
#include "ways.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

using guest::mib;

constexpr std::size_t bytes = 256 * mib;
constexpr const char* directory = "/tmp/memlane-bench";

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// @return nanoseconds of one run to a file that is new, or written over
double run_to_file(bench::runner (*prepare)(const bench::job&), bench::job work, bool fresh)
{
    const std::string path = std::string(directory) + "/out";
    if (fresh) {
        ::unlink(path.c_str());
    }
    const guest::fd target(::open(path.c_str(), O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600));
    if (target < 0) {
        throw std::runtime_error("cannot create " + path);
    }
    // As 'memlane save' does: ext4 waits for each write that makes a file longer.
    if (fresh && ::posix_fallocate(target, 0, static_cast<off_t>(work.bytes)) != 0) {
        throw std::runtime_error("no space for " + path);
    }
    work.target = target;
    const bench::runner run = prepare(work);
    return bench::time_of([&] {
        run();
        ::fdatasync(target);
    });
}

void save_beside_write(benchmark::State& state)
{
    const guest::region region({.size = std::to_string(bytes), .phys_addr = guest::reserved_base});
    const guest::fd node = region.open(O_RDWR);
    const bench::huge_memory memory(bytes);
    bench::job work;
    work.node = node;
    work.memory = memory.bytes();
    work.bytes = bytes;
    work.io_bytes = static_cast<std::size_t>(state.range(0)) * mib;
    const bool fresh = state.range(1) != 0;

    run_to_file(bench::write_memory, work, true);
    std::vector<double> saves;
    std::vector<double> writes;
    std::vector<double> ratios;
    for (auto _ : state) {
        saves.push_back(run_to_file(bench::save, work, fresh));
        writes.push_back(run_to_file(bench::write_memory, work, fresh));
        ratios.push_back(writes.back() / saves.back());
    }

    const double megas = static_cast<double>(bytes) / static_cast<double>(mib) * 1e9;
    state.counters["save_MiB_per_s"] = megas / median(saves);
    state.counters["write_MiB_per_s"] = megas / median(writes);
    state.counters["save_to_write"] = median(ratios);
    state.counters["save_to_write_min"] = *std::min_element(ratios.begin(), ratios.end());
    state.counters["save_to_write_max"] = *std::max_element(ratios.begin(), ratios.end());
}

BENCHMARK(save_beside_write)
    ->ArgNames({"io_MiB", "fresh"})
    ->ArgsProduct({{1, 4, 16}, {0, 1}})
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv);
    const std::string path = directory;
    if (guest::sh("modprobe virtio_blk; mkfs.ext4 -q -F /dev/vda && mkdir -p " + path +
                  " && mount /dev/vda " + path) != 0) {
        throw std::runtime_error("no file system on /dev/vda");
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return guest::sh("umount " + path);
}
