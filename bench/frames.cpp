// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What a frame costs on its way through a ring: committed, taken, released,
/// one by one or many at once; and from a commit until somebody who slept has
/// the frame. Runs where the clock counts instructions (scripts/vm --icount).
#include "clock.hpp"
#include "guest.hpp"
#include "statistics.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>

namespace {

constexpr std::uint32_t batch = 512;

void expect(int status, const char* what)
{
    if (status != 0) {
        throw std::runtime_error(what);
    }
}

/// A ring, its producer and its consumer.
struct field {
    guest::region memory{{.size = "4M", .attributes = {{"slot_size", "4K"}}}};
    guest::fd producer = memory.open(O_RDWR);
    guest::fd consumer = memory.open(O_RDONLY);
    memlane_frame filling = {};

    field() { expect(::ioctl(producer, MEMLANE_IOC_ACQUIRE, &filling), "acquire"); }

    void commit()
    {
        memlane_frame frame = {};
        frame.slot = filling.slot;
        frame.length = 4096;
        expect(::ioctl(producer, MEMLANE_IOC_COMMIT, &frame), "commit");
        filling.slot = frame.slot;
    }

    [[nodiscard]] memlane_frame next() const
    {
        memlane_frame frame = {};
        expect(::ioctl(consumer, MEMLANE_IOC_NEXT, &frame), "next");
        return frame;
    }

    void release(std::uint32_t slot) const
    {
        memlane_frame frame = {};
        frame.slot = slot;
        expect(::ioctl(consumer, MEMLANE_IOC_RELEASE, &frame), "release");
    }

    /// Frames from any slot on, as neighbours.
    void release_run(const std::vector<memlane_frame>& frames) const
    {
        for (std::size_t i = 0; i < frames.size();) {
            memlane_slot_run run = {};
            run.first = frames[i].slot;
            while (i < frames.size() && frames[i].slot == run.first + run.count) {
                ++run.count;
                ++i;
            }
            expect(::ioctl(consumer, MEMLANE_IOC_RELEASE_RUN, &run), "release run");
        }
    }
};

void report(benchmark::State& state, double instructions)
{
    state.SetIterationTime(instructions / 1e9);
    state.counters["instructions_per_frame"] = instructions;
}

void one_by_one(benchmark::State& state)
{
    field ring;
    for (auto _ : state) {
        report(state, bench::time_of([&] {
                          for (std::uint32_t i = 0; i < batch; ++i) {
                              ring.commit();
                              ring.release(ring.next().slot);
                          }
                      }) / batch);
    }
}

void commits(benchmark::State& state)
{
    field ring;
    for (auto _ : state) {
        report(state, bench::time_of([&] {
                          for (std::uint32_t i = 0; i < batch; ++i) {
                              ring.commit();
                          }
                      }) / batch);
        for (std::uint32_t i = 0; i < batch; ++i) {
            ring.release(ring.next().slot);
        }
    }
}

void taken_by_the_batch(benchmark::State& state)
{
    field ring;
    for (auto _ : state) {
        for (std::uint32_t i = 0; i < batch; ++i) {
            ring.commit();
        }
        std::vector<memlane_frame> frames(batch);
        report(state, bench::time_of([&] {
                          memlane_frames many = {};
                          many.count = batch;
                          many.frames = reinterpret_cast<std::uintptr_t>(frames.data());
                          expect(::ioctl(ring.consumer, MEMLANE_IOC_NEXT_MANY, &many), "many");
                          ring.release_run(frames);
                      }) / batch);
    }
}

/// From just before a commit until the sleeper's NEXT has returned, the switch
/// from one thread to the other included.
void commit_to_next(benchmark::State& state)
{
    field ring;
    for (auto _ : state) {
        std::vector<double> times;
        double committed = 0;
        for (int i = 0; i < 100; ++i) {
            double woken = 0;
            std::thread sleeper([&] {
                const memlane_frame frame = ring.next();
                woken = bench::now();
                ring.release(frame.slot);
            });
            std::this_thread::sleep_for(std::chrono::milliseconds(20)); // it sleeps by now
            committed = bench::now();
            ring.commit();
            sleeper.join();
            times.push_back(woken - committed);
        }
        report(state, bench::median(times));
    }
}

BENCHMARK(commits)->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(one_by_one)->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(taken_by_the_batch)->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(commit_to_next)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
