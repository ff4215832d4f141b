// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// record compare: recording beside saving the same bytes, on the same disk.
/// record pace: a producer at 90 % of what save reaches, which must lose nothing
/// for some seconds, and one at 200 %, of whose frames each one that is recorded
/// must be whole. Runs in the guest.
#include "clock.hpp"
#include "json_file.hpp"
#include "statistics.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <time.h>
#include <unistd.h>

#include "memlane/frame_producer.hpp"
#include "memlane/record.hpp"
#include "memlane/recording.hpp"
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/region_status.hpp"
#include "memlane/transfer.hpp"

namespace {

using nlohmann::json;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr int rounds = 5;

/// A ring that goes at scope end.
struct ring {
    ring(std::uint64_t size, std::uint64_t slot, std::string region = "bench")
        : name(std::move(region))
    {
        memlane::create_region(
            {.name = name,
             .size_bytes = size,
             .ring = memlane::ring_spec{.slot_bytes = static_cast<std::uint32_t>(slot)}});
    }
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring() { memlane::destroy_region(name); }

    std::string name;
};

double rate_of(std::uint64_t bytes, std::chrono::nanoseconds elapsed)
{
    return static_cast<double>(bytes) / static_cast<double>(mib) /
           std::chrono::duration<double>(elapsed).count();
}

/// @return frames that wait afterwards: all the ring can hold.
std::uint64_t fill(memlane::frame_producer& producer)
{
    while (producer.status().waiting + producer.in_hand() < producer.slots()) {
        producer.commit(producer.slot_bytes());
    }
    return producer.status().waiting;
}

double record_once(const std::string& name, const std::string& base, std::uint64_t frames)
{
    memlane::record_options options;
    options.frames = frames;
    options.replace = true;
    const memlane::record_result result = memlane::record(name, base, options);
    if (result.errnum != 0 || result.info.totals.frames != frames) {
        throw std::runtime_error("the recording ended early: " + result.info.end);
    }
    return rate_of(result.info.totals.bytes, result.elapsed);
}

double save_once(const std::string& name, const std::string& path, std::uint64_t bytes)
{
    const memlane::region memory(name);
    memlane::transfer_options options;
    options.length_bytes = bytes;
    const memlane::transfer_result result = memlane::save(memory, path, options);
    return rate_of(bytes, result.elapsed);
}

/// A ring that is full, recorded; and the same bytes saved; in turns.
json compare(const std::string& directory, std::uint64_t slot)
{
    const ring made(1024 * mib, slot);
    memlane::frame_producer producer(made.name);
    std::vector<double> recorded;
    std::vector<double> saved;
    std::vector<double> ratios;
    for (int i = 0; i < rounds + 1; ++i) {
        const std::uint64_t frames = fill(producer);
        const double save = save_once(made.name, directory + "/saved", frames * slot);
        const double record = record_once(made.name, directory + "/recorded", frames);
        if (i != 0) { // the first finds the disk's file untouched
            saved.push_back(save);
            recorded.push_back(record);
            ratios.push_back(record / save);
        }
    }
    return {{"name", fmt::format("frames of {} KiB", slot / kib)},
            {"record_MiB_per_s", bench::median(recorded)},
            {"save_MiB_per_s", bench::median(saved)},
            {"record_to_save", bench::median(ratios)},
            {"record_to_save_min", *std::min_element(ratios.begin(), ratios.end())},
            {"record_to_save_max", *std::max_element(ratios.begin(), ratios.end())}};
}

/// @return what save reaches, in MiB/s.
double save_rate(const std::string& directory)
{
    const ring made(512 * mib, mib);
    std::vector<double> saved;
    for (int i = 0; i < rounds; ++i) {
        saved.push_back(save_once(made.name, directory + "/saved", 512 * mib));
    }
    return bench::median(saved);
}

/// Marks each page of a frame with its number: what costs little and tells all.
void mark(std::span<std::byte> frame, std::uint64_t number)
{
    for (std::size_t at = 0; at < frame.size(); at += 4 * kib) {
        std::memcpy(&frame[at], &number, sizeof(number));
    }
}

bool is_marked(std::span<const std::byte> frame, std::uint64_t number)
{
    for (std::size_t at = 0; at < frame.size(); at += 4 * kib) {
        if (std::memcmp(&frame[at], &number, sizeof(number)) != 0) {
            return false;
        }
    }
    return true;
}

void sleep_until(double time)
{
    const timespec at = {.tv_sec = static_cast<time_t>(time / 1e9),
                         .tv_nsec = static_cast<long>(time - 1e9 * std::floor(time / 1e9))};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

double monotonic()
{
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// A producer in a thread of its own, at a steady rate.
class source {
public:
    source(const std::string& name, double frames_per_s)
        : producer_(name), interval_(1e9 / frames_per_s), thread_([this] { run(); })
    {
    }
    source(const source&) = delete;
    source& operator=(const source&) = delete;
    ~source() { stop(); }

    void stop()
    {
        if (thread_.joinable()) {
            stopped_ = true;
            thread_.join();
        }
    }

    /// The longest that a frame came too late, in ms, beyond its interval.
    [[nodiscard]] double latest_ms() const { return latest_ / 1e6; }
    [[nodiscard]] double frames_per_s() const { return static_cast<double>(count_) / time_ * 1e9; }

private:
    void run()
    {
        const double start = monotonic();
        double due = start;
        for (count_ = 0; !stopped_; ++count_) {
            mark(producer_.bytes(), producer_.next_sequence());
            producer_.commit(producer_.slot_bytes());
            // No device makes up for more than it can buffer, when it was held up.
            due = std::max(due + interval_, monotonic() - 8 * interval_);
            latest_ = std::max(latest_, monotonic() - due);
            sleep_until(due);
        }
        time_ = monotonic() - start;
    }

    memlane::frame_producer producer_;
    double interval_;
    std::atomic<bool> stopped_ = false;
    std::uint64_t count_ = 0;
    double latest_ = 0;
    double time_ = 1;
    std::thread thread_;
};

/// Looks at each frame of the raw files that are complete, and removes them: an
/// hour's worth would not fit the disk.
class janitor {
public:
    explicit janitor(std::string base)
        : base_(std::move(base)), thread_([this] {
              while (!stopped_) {
                  tidy();
                  ::usleep(100'000);
              }
          })
    {
    }
    janitor(const janitor&) = delete;
    janitor& operator=(const janitor&) = delete;
    ~janitor()
    {
        stopped_ = true;
        thread_.join();
    }

private:
    [[nodiscard]] std::string path(unsigned number) const
    {
        return number == 0 ? base_ + ".raw" : fmt::format("{}.{}.raw", base_, number);
    }

    void tidy()
    {
        // Some behind the one that grows: their frames are on the disk.
        while (::access(path(next_ + 3).c_str(), F_OK) == 0) {
            ::unlink(path(next_++).c_str());
        }
    }

    std::string base_;
    unsigned next_ = 0;
    std::atomic<bool> stopped_ = false;
    std::thread thread_;
};

memlane::record_result record_from(source& from, const std::string& name,
                                   memlane::record_options options, const std::string& base)
{
    options.replace = true;
    const memlane::record_result result = memlane::record(name, base, options);
    from.stop();
    if (result.errnum != 0) {
        throw std::runtime_error("the recording ended early: " + result.info.end);
    }
    return result;
}

std::chrono::nanoseconds to_time(double seconds)
{
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

/// @return how many of the recorded frames are not what the producer marked.
std::uint64_t count_wrong(const std::string& base)
{
    memlane::recording recorded(base);
    std::uint64_t wrong = 0;
    while (const auto each = recorded.next()) {
        wrong += is_marked(recorded.read(*each), each->what.sequence) ? 0U : 1U;
    }
    return wrong;
}

json describe(const source& from, const std::string& region, double wanted,
              const memlane::record_result& result)
{
    const memlane::ring_status now = memlane::read_status(region).ring.value();
    return {{"wanted_MiB_per_s", wanted},
            {"produced_MiB_per_s", from.frames_per_s()},
            {"recorded", result.info.totals.frames},
            {"dropped", result.info.totals.dropped},
            {"producer_late_ms", from.latest_ms()},
            {"counts_add_up", now.committed == now.delivered + now.dropped + now.waiting &&
                                  now.delivered == result.info.totals.frames + result.lost}};
}

/// Nothing may be lost for a while.
json pace(const std::string& directory, double rate, double seconds)
{
    const ring made(64 * mib, mib);
    const janitor cleaner(directory + "/paced");
    memlane::record_options options;
    options.duration = to_time(seconds);
    options.rotate_bytes = 1024 * mib;
    source from(made.name, rate);
    const auto result = record_from(from, made.name, options, directory + "/paced");
    json row = {{"name", "producer at 90 % of save"}, {"seconds", seconds}};
    row.update(describe(from, made.name, rate, result));
    return row;
}

/// Much is lost, but never unnoticed.
json flood(const std::string& directory, double rate, double seconds)
{
    const ring made(64 * mib, mib);
    memlane::record_options options;
    options.duration = to_time(seconds);
    source from(made.name, rate);
    const auto result = record_from(from, made.name, options, directory + "/flooded");
    json row = {{"name", "producer at 200 % of save"}, {"seconds", seconds}};
    row.update(describe(from, made.name, rate, result));
    row["wrong"] = count_wrong(directory + "/flooded");
    return row;
}

} // namespace

int main(int argc, char** argv)
try {
    const std::string mode = argc > 3 ? argv[1] : "";
    json rows = json::array();
    if (mode == "compare" && argc == 4) {
        for (const std::uint64_t slot : {4 * kib, mib, 4 * mib}) {
            rows.push_back(compare(argv[2], slot));
        }
    } else if (mode == "pace" && argc == 5) {
        const double rate = save_rate(argv[2]);
        const double seconds = std::stod(argv[4]);
        rows.push_back(pace(argv[2], 0.9 * rate, seconds));
        rows.push_back(flood(argv[2], 2 * rate, seconds / 6));
        for (json& row : rows) {
            row["save_MiB_per_s"] = rate;
        }
    } else {
        fmt::print(stderr, "usage: record compare DIRECTORY RESULT.json\n"
                           "       record pace DIRECTORY RESULT.json SECONDS\n");
        return 2;
    }
    bench::write_json(argv[3], {{"rows", rows}});
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "record: {}\n", e.what());
    return 1;
}
