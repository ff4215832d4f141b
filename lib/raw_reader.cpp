// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_reader.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

namespace {

constexpr std::uint64_t usual_window = 8U << 20U;
constexpr std::size_t small_window = 64U << 10U;
constexpr std::uint64_t memory_page = 4096;

} // namespace

raw_reader::raw_reader(const std::string& path)
    : file_(path, file_use::source), size_bytes_(file_.size_bytes())
{
    // Only a hint, for file systems without direct I/O.
    static_cast<void>(::posix_fadvise(file_.fd(), 0, 0, POSIX_FADV_SEQUENTIAL));
}

std::span<const std::byte> raw_reader::read(std::uint64_t offset, std::size_t length,
                                            std::uint64_t pitch_bytes)
{
    if (offset < window_start_ || !is_inside(offset - window_start_, length, window_.size())) {
        const std::uint64_t alignment =
            std::max<std::uint64_t>(file_.alignment_bytes(), memory_page);
        const std::uint64_t start = offset / alignment * alignment;
        fill(start, offset - start + length, pitch_bytes);
    }
    const auto from =
        window_.subspan(std::min(window_.size(), static_cast<std::size_t>(offset - window_start_)));
    return from.first(std::min(from.size(), length));
}

std::span<std::byte> raw_reader::room(std::size_t length)
{
    if (length <= small_window) {
        if (!small_) {
            small_.emplace(small_window);
        }
        return small_->bytes().first(length);
    }
    if (large_.bytes().size() < length) {
        large_ = mapping(); // not both at once
        large_ = mapping::anonymous(length);
    }
    return large_.bytes().first(length);
}

/** Reads so many whole frames that none is read twice, as long as all are alike. */
void raw_reader::fill(std::uint64_t start, std::uint64_t needed, std::uint64_t pitch)
{
    const std::uint64_t alignment = std::max<std::uint64_t>(file_.alignment_bytes(), memory_page);
    const std::uint64_t frames = pitch == 0 ? 0 : usual_window / pitch;
    const std::uint64_t there = size_bytes_ > start ? size_bytes_ - start : 0;
    const std::uint64_t wanted = std::max(needed, std::min(frames * pitch, there));
    if (wanted > std::numeric_limits<std::size_t>::max() / 2) {
        throw_error(ENOMEM, "read", "file", path());
    }
    const auto length = static_cast<std::size_t>(round_up(wanted, alignment));
    window_ = {};
    window_start_ = start;
    const auto to = room(length);
    const outcome got = read_at(file_.fd(), to, start);
    // Behind the end some file systems refuse a direct read, others read nothing.
    const bool at_end = got.errnum == EINVAL && got.done_bytes >= there;
    if (got.errnum != 0 && !at_end && got.done_bytes < needed) {
        throw_error(got.errnum, "read", "file", path());
    }
    window_ = to.first(static_cast<std::size_t>(got.done_bytes));
}

} // namespace memlane::detail
