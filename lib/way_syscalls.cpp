// SPDX-License-Identifier: LGPL-2.1-or-later
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "ways.hpp"

namespace memlane::detail {

namespace {

/** @return what one pwrite(2) or pread(2) returned. */
ssize_t move_once(const job& work, std::span<std::byte> bytes, std::uint64_t file_offset)
{
    const auto position = static_cast<off_t>(file_offset);
    if (work.heading == direction::save) {
        return ::pwrite(work.file_fd, bytes.data(), bytes.size(), position);
    }
    return ::pread(work.file_fd, bytes.data(), bytes.size(), position);
}

outcome move_window(const job& work, const window& part, const watch& observer)
{
    std::uint64_t done = 0;
    while (done < part.bytes.size()) {
        if (observer.stopped()) {
            return {.done_bytes = done, .errnum = EINTR};
        }
        const auto skip = static_cast<std::size_t>(done);
        const auto chunk = part.bytes.subspan(
            skip, std::min<std::size_t>(work.io_bytes, part.bytes.size() - skip));
        const ssize_t moved = move_once(work, chunk, work.file_offset + part.skip + done);
        if (moved < 0 && errno == EINTR) {
            continue;
        }
        if (moved <= 0) {
            return {.done_bytes = done, .errnum = moved < 0 ? errno : 0};
        }
        done += static_cast<std::uint64_t>(moved);
        observer.report(part.skip + done);
    }
    return {.done_bytes = done};
}

} // namespace

outcome run_syscalls(const job& work, const watch& observer)
{
    return for_each_window(work,
                           [&](const window& part) { return move_window(work, part, observer); });
}

} // namespace memlane::detail
