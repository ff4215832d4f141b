// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// How the cost grows with what is asked for. Runs in the guest of bench/guest.sh:
///   growth instructions OUT.json   under --icount: over the region's size and over regions
///                                  at once; making and mapping a region
///   growth rate OUT.json           over I/Os in flight and over regions at once, to /dev/vda
///                                  and /dev/nvme0n1, whose content is lost
#include "busy_clock.hpp"
#include "clock.hpp"
#include "guest.hpp"
#include "json_file.hpp"
#include "statistics.hpp"
#include "ways.hpp"

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>

namespace {

using guest::mib;
using nlohmann::json;

constexpr int rounds = 3;
/// Above all other memory of the guest, see bench/run.
constexpr std::uint64_t large_base = 0x140000000;

json row(const char* series, const std::string& way, double x, const char* unit,
         const std::vector<double>& samples)
{
    return {{"series", series},
            {"way", way},
            {"x", x},
            {unit, bench::median(samples)},
            {"samples", samples}};
}

/// @param now the clock
/// @return what @p action took a MiB each time, after one time that does not count
template <typename Action, typename Clock>
std::vector<double> instructions(std::size_t bytes, Action action, Clock now)
{
    action();
    std::vector<double> samples;
    for (int i = 0; i < rounds; ++i) {
        const double start = now();
        action();
        samples.push_back((now() - start) /
                          (static_cast<double>(bytes) / static_cast<double>(mib)));
    }
    return samples;
}

template <typename Action>
std::vector<double> instructions(std::size_t bytes, Action action)
{
    return instructions(bytes, action, bench::now);
}

guest::fd open_disk(const std::string& path)
{
    guest::fd disk(::open(path.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    if (disk < 0) {
        throw std::runtime_error("cannot open " + path);
    }
    return disk;
}

/// A region of a size, in the range that is kept for it.
struct large_region {
    explicit large_region(std::size_t bytes, std::uint64_t at = 0)
        : region({.size = std::to_string(bytes), .phys_addr = large_base + at})
    {
        if (region.error() != 0) {
            throw std::runtime_error("no region: " + region.why());
        }
    }

    guest::region region;
    guest::fd node = region.open(O_RDWR);
};

/// Making a region waits for others to let go of what was there.
std::vector<double> create(std::size_t bytes)
{
    const bench::busy_clock clock;
    return instructions(
        bytes, [&] { const large_region made(bytes); }, [&] { return clock.now(); });
}

/// Sizes up to 4 GiB: saved, written from a mapping, made and mapped.
void over_size(json& rows)
{
    const guest::null_disk disk({.size_mib = 8192, .memory_backed = false});
    const guest::fd target = open_disk(disk.path());
    // A range that the kernel has described page by page comes in pieces of 2 MiB.
    for (const std::size_t mebibytes : {2U, 4U, 16U, 64U, 256U, 1024U, 4096U}) {
        const std::size_t bytes = mebibytes * mib;
        const auto x = static_cast<double>(mebibytes);
        const auto add = [&](const char* way, const std::vector<double>& samples) {
            rows.push_back(row("size", way, x, "instructions_per_MiB", samples));
        };
        add("create", create(bytes));

        const large_region made(bytes);
        add("map", instructions(bytes, [&] { const bench::file_memory map(made.node, bytes); }));
        add("map_and_touch", instructions(bytes, [&] {
                const bench::file_memory map(made.node, bytes);
                bench::touch(map.bytes());
            }));
        const bench::file_memory mapped(made.node, bytes);
        bench::job work;
        work.node = made.node;
        work.memory = mapped.bytes();
        work.target = target;
        work.bytes = bytes;
        add("save", instructions(bytes, bench::save(work)));
        add("mapped_write", instructions(bytes, bench::write_memory(work)));
    }
}

/// One thread a region, each to a disk of its own.
class crowd {
public:
    crowd(const std::vector<std::string>& disks, std::size_t bytes)
    {
        for (const std::string& disk : disks) {
            regions_.push_back(std::make_unique<large_region>(bytes, regions_.size() * bytes));
            targets_.push_back(open_disk(disk));
            bench::job work;
            work.node = regions_.back()->node;
            work.target = targets_.back();
            work.bytes = bytes;
            saves_.push_back(bench::save(work));
        }
    }

    void save() const
    {
        std::vector<std::thread> threads;
        threads.reserve(saves_.size());
        for (const bench::runner& each : saves_) {
            threads.emplace_back(each);
        }
        for (std::thread& each : threads) {
            each.join();
        }
    }

private:
    std::vector<std::unique_ptr<large_region>> regions_;
    std::vector<guest::fd> targets_;
    std::vector<bench::runner> saves_;
};

void over_regions(json& rows)
{
    constexpr std::size_t bytes = 256 * mib;
    std::vector<std::unique_ptr<guest::null_disk>> disks;
    std::vector<std::string> paths;
    for (std::size_t count = 1; count <= 4; ++count) {
        disks.push_back(std::make_unique<guest::null_disk>(
            guest::disk_options{.size_mib = 512, .memory_backed = false}));
        paths.push_back(disks.back()->path());
        const crowd all(paths, bytes);
        rows.push_back(row("regions", "save", static_cast<double>(count), "instructions_per_MiB",
                           instructions(count * bytes, [&] { all.save(); })));
    }
}

/// @return MiB a second, in turns over @p runs
std::vector<std::vector<double>> rates(const std::vector<bench::runner>& runs, std::size_t bytes)
{
    std::vector<std::vector<double>> samples(runs.size());
    for (int round = 0; round <= rounds; ++round) {
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const double nanoseconds = bench::time_of(runs[i]);
            if (round != 0) {
                samples[i].push_back(static_cast<double>(bytes) / static_cast<double>(mib) /
                                     (nanoseconds * 1e-9));
            }
        }
    }
    return samples;
}

/// 1 to 32 I/Os of 256 KiB in flight: SAVE, and registered huge pages by io_uring.
void over_depth(json& rows, const char* name, const std::string& disk)
{
    constexpr std::size_t bytes = 512 * mib;
    const large_region made(bytes);
    const bench::huge_memory memory(bytes);
    const guest::fd target = open_disk(disk);
    std::vector<bench::runner> runs;
    std::vector<unsigned> depths;
    for (unsigned depth = 1; depth <= 32; depth *= 2) {
        bench::job work;
        work.node = made.node;
        work.memory = memory.bytes().first(bytes);
        work.target = target;
        work.bytes = bytes;
        work.io_bytes = 256 * guest::kib;
        work.depth = depth;
        runs.push_back(bench::save(work));
        runs.push_back(bench::uring_registered(work));
        depths.push_back(depth);
    }
    const auto samples = rates(runs, bytes);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::string way = i % 2 == 0 ? "save" : "huge_uring_registered";
        rows.push_back(row("depth", way + "/" + name, depths[i / 2], "MiB_per_s", samples[i]));
    }
}

/// One region, or one a disk.
void over_disks(json& rows)
{
    constexpr std::size_t bytes = 512 * mib;
    for (const auto& disks : {std::vector<std::string>{"/dev/vda"},
                              std::vector<std::string>{"/dev/vda", "/dev/nvme0n1"}}) {
        const crowd all(disks, bytes);
        const auto samples = rates({[&] { all.save(); }}, disks.size() * bytes);
        rows.push_back(
            row("disks", "save", static_cast<double>(disks.size()), "MiB_per_s", samples.front()));
    }
}

} // namespace

int main(int argc, char** argv)
try {
    const std::string_view clock = argc == 3 ? argv[1] : "";
    json rows = json::array();
    if (clock == "instructions") {
        over_size(rows);
        over_regions(rows);
    } else if (clock == "rate") {
        guest::sh("modprobe -a virtio_blk nvme");
        over_depth(rows, "virtio", "/dev/vda");
        over_depth(rows, "nvme", "/dev/nvme0n1");
        over_disks(rows);
    } else {
        std::fputs("usage: growth instructions|rate OUT.json\n", stderr);
        return 2;
    }
    bench::write_json(argv[2], {{"rows", rows}});
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "growth: %s\n", error.what());
    return 1;
}
