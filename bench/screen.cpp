// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What a picture costs: drawn in a mapped screen, in anonymous memory, or
/// there and then written to the device; and saved, from a screen or from a
/// plain region. Runs where the clock counts instructions (scripts/vm --icount).
#include "clock.hpp"
#include "guest.hpp"
#include "ways.hpp"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

constexpr std::uint32_t width = 1920;
constexpr std::uint32_t height = 1080;
constexpr std::size_t frame_bytes = std::size_t{4} * width * height;

/// A region that is a screen, its node open and mapped; and as much other memory.
struct field {
    guest::region screen{{.size = "", .attributes = {{"geometry", "1920x1080"}}}};
    guest::region plain{{.size = std::to_string(frame_bytes)}};
    guest::fd screen_node = screen.open(O_RDWR);
    guest::fd plain_node = plain.open(O_RDWR);
    bench::file_memory mapped{screen_node, frame_bytes};
    bench::huge_memory anonymous{frame_bytes};
    guest::null_disk sink{{.size_mib = 64, .memory_backed = false}};
};

/// A picture in which every pixel is computed from its place and the frame.
void draw(std::span<std::byte> memory, std::uint32_t frame)
{
    auto* pixel = reinterpret_cast<std::uint32_t*>(memory.data());
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            *pixel++ = (x + frame) ^ (y << 8U);
        }
    }
}

void report(benchmark::State& state, const std::function<void(std::uint32_t frame)>& action)
{
    action(0); // page tables
    double spent = 0;
    std::uint32_t frame = 0;
    for (auto _ : state) {
        const double once = bench::time_of([&] { action(++frame); });
        spent += once;
        state.SetIterationTime(once / 1e9);
    }
    state.counters["instructions_per_frame"] = spent / static_cast<double>(state.iterations());
}

void write_frame(const field& with)
{
    const std::span<std::byte> frame = with.anonymous.bytes();
    if (::pwrite(with.screen_node, frame.data(), frame_bytes, 0) !=
        static_cast<ssize_t>(frame_bytes)) {
        throw std::runtime_error("the frame was not written");
    }
}

void save(benchmark::State& state, const field& with, int node)
{
    const guest::fd target(::open(with.sink.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    bench::job work;
    work.node = node;
    work.target = target;
    work.bytes = frame_bytes;
    work.io_bytes = std::size_t{4} * guest::mib;
    const bench::runner run = bench::save(work);
    report(state, [&](std::uint32_t /*frame*/) { run(); });
}

template <typename Action>
void add(const char* name, Action action)
{
    benchmark::RegisterBenchmark(name, action)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(5);
}

} // namespace

int main(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv);
    const field with;
    add("draw_mapped", [&](benchmark::State& state) {
        report(state, [&](std::uint32_t frame) { draw(with.mapped.bytes(), frame); });
    });
    add("draw_anonymous", [&](benchmark::State& state) {
        report(state, [&](std::uint32_t frame) { draw(with.anonymous.bytes(), frame); });
    });
    add("draw_and_write", [&](benchmark::State& state) {
        report(state, [&](std::uint32_t frame) {
            draw(with.anonymous.bytes(), frame);
            write_frame(with);
        });
    });
    add("save_screen", [&](benchmark::State& state) { save(state, with, with.screen_node); });
    add("save_plain", [&](benchmark::State& state) { save(state, with, with.plain_node); });
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
