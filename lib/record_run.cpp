// SPDX-License-Identifier: LGPL-2.1-or-later
#include "record_run.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

namespace memlane::detail {

namespace {

using namespace std::chrono_literals;

constexpr auto report_time = 100ms;

/** @return bytes that an ordinary user can still write beside @p base. */
std::uint64_t free_bytes(const std::string& base)
{
    const std::string directory = std::filesystem::path(base).parent_path();
    struct statvfs status = {};
    if (::statvfs(directory.empty() ? "." : directory.c_str(), &status) != 0) {
        return 0;
    }
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

} // namespace

bool finish_line::is_called_off() const noexcept
{
    return (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) ||
           (options_.duration && clock::now() - start_ >= *options_.duration);
}

std::chrono::milliseconds finish_line::patience() const
{
    // Who wants it to end sends a signal, or a second does not matter to him.
    const std::chrono::milliseconds most = options_.progress ? report_time : 1000ms;
    if (!options_.duration) {
        return most;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*options_.duration - elapsed());
    return std::clamp(left, 0ms, most);
}

void finish_line::drain(std::uint64_t frames) noexcept
{
    draining_ = true;
    timed_out_ = options_.duration && clock::now() - start_ >= *options_.duration;
    frames_left_ = std::min(frames_left_, frames);
}

std::string finish_line::reason() const
{
    if (!draining_) {
        return "all frames that were asked for";
    }
    return timed_out_ ? "the time was over" : "stopped";
}

bool record_watch::is_due() const
{
    return options_.progress && clock::now() - last_ >= report_time;
}

void record_watch::report(std::chrono::nanoseconds elapsed, std::uint64_t waiting,
                          std::uint32_t slots)
{
    last_ = clock::now();
    const recording_totals written = out_.written();
    options_.progress({.elapsed = elapsed,
                       .frames = written.frames,
                       .bytes = written.bytes,
                       .dropped = written.dropped,
                       .waiting = static_cast<std::uint32_t>(waiting),
                       .slots = slots,
                       .free_bytes = free_bytes(base_)});
}

outcome write_run(const plan& chosen, const source& memory, std::uint64_t offset,
                  const frame_run& run)
{
    if (run.length_bytes == 0) {
        return {};
    }
    const io_limits limit = limits();
    const job work = {.memory = &memory,
                      .file_fd = run.to->file().fd(),
                      .heading = direction::save,
                      .offset = offset,
                      .length = run.length_bytes,
                      .file_offset = run.offset_bytes,
                      .io_bytes =
                          sees_bytes(chosen.used->kind()) ? limit.io_bytes_default : io_bytes_large,
                      .depth = limit.depth_default};
    const transfer_options silent;
    return chosen.used->run(work, watch(silent, transfer_phase::moving, run.length_bytes));
}

plan choose_record_way(const source& memory, const recording_writer& out, const std::string& base)
{
    const transfer_options any;
    const byte_range whole = {0, memory.size_bytes(), 0};
    return choose_way(any, memory, out.first_file(), whole,
                      fmt::format("record {} -> {}", memory.uri(), base));
}

} // namespace memlane::detail
