// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "memlane/error.hpp"
#include "uapi.hpp"

namespace memlane::detail {

namespace {

constexpr auto file_end_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

plan buffered_plan(std::string reason)
{
    return {&buffered(), std::move(reason), 1};
}

std::uint64_t alignment_of(const way& chosen, const direct_file& file)
{
    return chosen.kind() == way_kind::buffered ? 1 : file.alignment_bytes();
}

/** @return "--way NAME works here" for the best there is, or nothing. */
std::string suggest_way(const source& memory, const direct_file& file, const byte_range& range)
{
    for (const way* each : ways()) {
        if (each->probe(memory, file, range).works) {
            return fmt::format("; --way {} works here", to_string(each->kind()));
        }
    }
    return {};
}

plan choose_best(const source& memory, const direct_file& file, const byte_range& range,
                 const std::string& action)
{
    std::string failed;
    for (const way* each : ways()) {
        const verdict found = each->probe(memory, file, range);
        if (found.works) {
            return {each, found.reason + failed, alignment_of(*each, file)};
        }
        failed += fmt::format("; not {}: {}", to_string(each->kind()), found.reason);
    }
    throw error(EINVAL, action, "no way works" + failed);
}

plan choose_requested(const way& wanted, const source& memory, const direct_file& file,
                      const byte_range& range, const std::string& action)
{
    const verdict found = wanted.probe(memory, file, range);
    if (!found.works) {
        throw error(EINVAL, action, found.reason + suggest_way(memory, file, range));
    }
    return {&wanted, "it was asked for", alignment_of(wanted, file)};
}

} // namespace

byte_range resolve_range(const transfer_options& options, const source& memory,
                         std::uint64_t default_length, const std::string& action)
{
    const byte_range range = {options.offset_bytes, options.length_bytes.value_or(default_length),
                              options.file_offset_bytes.value_or(0)};
    if (range.offset > memory.size_bytes() || range.length > memory.size_bytes() - range.offset) {
        throw error(EINVAL, action,
                    fmt::format("{} bytes from offset {} are not inside the source of {} bytes",
                                range.length, range.offset, memory.size_bytes()));
    }
    if (range.file_offset > file_end_max || range.length > file_end_max - range.file_offset) {
        throw error(EOVERFLOW, action,
                    fmt::format("{} bytes from file offset {} end where no file can", range.length,
                                range.file_offset));
    }
    return range;
}

void require_two_files(const source& memory, const direct_file& file, const std::string& action)
{
    struct stat one = {};
    struct stat other = {};
    if (memory.fd() < 0 || ::fstat(memory.fd(), &one) != 0 || ::fstat(file.fd(), &other) != 0) {
        return;
    }
    const bool same = S_ISBLK(one.st_mode) && S_ISBLK(other.st_mode)
                          ? one.st_rdev == other.st_rdev
                          : one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    if (same) {
        throw error(EINVAL, action, "the memory is mapped from that very file");
    }
}

void require_shape(const transfer_options& options, const std::string& action)
{
    const io_limits limit = limits();
    const auto page = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    if (options.io_bytes > limit.io_bytes_max || options.io_bytes % page != 0) {
        throw error(EINVAL, action,
                    fmt::format("the I/O size {} is no multiple of the page size {} up to {}",
                                options.io_bytes, page, limit.io_bytes_max));
    }
    if (options.depth > limit.depth_max) {
        throw error(EINVAL, action,
                    fmt::format("the depth {} is more than {}", options.depth, limit.depth_max));
    }
}

io_shape shape_of(const transfer_options& options, way_kind kind, std::uint64_t length) noexcept
{
    const io_limits limit = limits();
    const std::uint32_t depth = options.depth != 0 ? options.depth : limit.depth_default;
    if (options.io_bytes != 0) {
        return {options.io_bytes, depth};
    }
    const bool large = !sees_bytes(kind) && length / io_bytes_large >= depth;
    return {large ? io_bytes_large : limit.io_bytes_default, depth};
}

plan choose_way(const transfer_options& options, const source& memory, const direct_file& file,
                const byte_range& range, const std::string& action)
{
    plan chosen = options.requested == way_kind::automatic
                      ? choose_best(memory, file, range, action)
                      : choose_requested(way_of(options.requested), memory, file, range, action);
    if (options.checksum && !options.verify && !sees_bytes(chosen.used->kind())) {
        throw error(EINVAL, action,
                    fmt::format("the way {} does not look at the bytes that a checksum is made of; "
                                "--verify reads them back and does, --way bounce copies them",
                                to_string(chosen.used->kind())));
    }
    return chosen;
}

bool sees_bytes(way_kind kind) noexcept
{
    return kind != way_kind::kernel && kind != way_kind::direct;
}

std::optional<plan> plan_after_refusal(way_kind requested, const plan& tried, const outcome& moved)
{
    const bool refused = moved.errnum == EINVAL || moved.errnum == EOPNOTSUPP;
    if (requested != way_kind::automatic || tried.used->kind() == way_kind::buffered || !refused ||
        moved.done_bytes != 0) {
        return std::nullopt;
    }
    return buffered_plan(
        fmt::format("the file refused direct I/O with {}", describe_errno(moved.errnum)));
}

} // namespace memlane::detail
