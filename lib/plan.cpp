// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <limits>

#include "memlane/error.hpp"
#include "uapi.hpp"

namespace memlane::detail {

namespace {

constexpr auto file_end_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/** @return why direct I/O cannot be done on this range, or nothing. */
std::string why_not_direct(const direct_file& file, const byte_range& range)
{
    if (!file.can_direct()) {
        return "the file cannot do direct I/O";
    }
    const std::uint64_t alignment = file.alignment_bytes();
    if (range.offset % alignment != 0) {
        return fmt::format("the offset {} is no multiple of {}, which direct I/O needs here",
                           range.offset, alignment);
    }
    if (range.file_offset % alignment != 0) {
        return fmt::format("the file offset {} is no multiple of {}, which direct I/O needs here",
                           range.file_offset, alignment);
    }
    return {};
}

plan buffered_plan(std::string reason)
{
    return {way::buffered, std::move(reason), 1};
}

} // namespace

byte_range resolve_range(const transfer_options& options, const memory& mem,
                         std::uint64_t default_length, const std::string& action)
{
    const byte_range range = {options.offset_bytes, options.length_bytes.value_or(default_length),
                              options.file_offset_bytes.value_or(0)};
    if (range.offset > mem.size_bytes || range.length > mem.size_bytes - range.offset) {
        throw error(EINVAL, action,
                    fmt::format("{} bytes from offset {} are not inside the region of {} bytes",
                                range.length, range.offset, mem.size_bytes));
    }
    if (range.file_offset > file_end_max || range.length > file_end_max - range.file_offset) {
        throw error(EOVERFLOW, action,
                    fmt::format("{} bytes from file offset {} end where no file can", range.length,
                                range.file_offset));
    }
    return range;
}

io_shape resolve_shape(const transfer_options& options, const memory& mem,
                       const std::string& action)
{
    const io_limits limit = limits();
    if (options.io_bytes > limit.io_bytes_max || options.io_bytes % mem.page_bytes != 0) {
        throw error(EINVAL, action,
                    fmt::format("the I/O size {} is no multiple of the page size {} up to {}",
                                options.io_bytes, mem.page_bytes, limit.io_bytes_max));
    }
    if (options.depth > limit.depth_max) {
        throw error(EINVAL, action,
                    fmt::format("the depth {} is more than {}", options.depth, limit.depth_max));
    }
    return {options.io_bytes != 0 ? options.io_bytes : limit.io_bytes_default,
            options.depth != 0 ? options.depth : limit.depth_default};
}

plan choose_way(way requested, const memory& mem, const direct_file& file, const byte_range& range,
                const std::string& action)
{
    if (requested == way::buffered) {
        return buffered_plan("it was asked for");
    }
    const std::string obstacle = why_not_direct(file, range);
    if (requested == way::automatic) {
        if (!obstacle.empty()) {
            return buffered_plan(obstacle);
        }
        return {
            mem.has_kernel_way ? way::kernel : way::direct,
            fmt::format("the file takes direct I/O, aligned to {} bytes", file.alignment_bytes()),
            file.alignment_bytes()};
    }
    if (!obstacle.empty()) {
        throw error(EINVAL, action, obstacle + "; --way buffered does not need it");
    }
    if (requested == way::kernel && !mem.has_kernel_way) {
        throw error(EINVAL, action, "the kernel way is only for regions of memlane");
    }
    return {requested, "it was asked for", file.alignment_bytes()};
}

std::optional<plan> plan_after_refusal(way requested, const plan& tried, const outcome& moved)
{
    const bool refused = moved.errnum == EINVAL || moved.errnum == EOPNOTSUPP;
    if (requested != way::automatic || tried.used == way::buffered || !refused ||
        moved.done_bytes != 0) {
        return std::nullopt;
    }
    return buffered_plan(
        fmt::format("the file refused direct I/O with {}", describe_errno(moved.errnum)));
}

} // namespace memlane::detail
