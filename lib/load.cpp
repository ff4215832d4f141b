// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "mover.hpp"
#include "transfer.hpp"
#include "verify.hpp"

namespace memlane::detail {

namespace {

using clock = std::chrono::steady_clock;

std::uint64_t rest(std::uint64_t size, std::uint64_t offset)
{
    return size - std::min(size, offset);
}

/** @return the range, which is inside the memory and the file. */
byte_range resolve_load(const direct_file& file, const memory& target,
                        const transfer_options& options, const std::string& action)
{
    const std::uint64_t room = rest(target.size_bytes, options.offset_bytes);
    const std::uint64_t available = rest(file.size_bytes(), options.file_offset_bytes.value_or(0));
    // The size of a device says nothing about what was stored on it.
    const bool may_cut = file.kind() == file_kind::block_device;
    if (!options.length_bytes && !may_cut && available > room) {
        throw error(EFBIG, action,
                    fmt::format("the file has {} bytes, the region room for {}; a length would "
                                "limit it",
                                available, room));
    }
    const byte_range range = resolve_range(options, target, std::min(available, room), action);
    if (range.length > available) {
        throw error(EINVAL, action,
                    fmt::format("the file has {} bytes from offset {}, not {}", available,
                                range.file_offset, range.length));
    }
    return range;
}

[[noreturn]] void fail(const outcome& moved, const byte_range& range, const std::string& action)
{
    const std::string left = moved.done_bytes != 0 ? fmt::format("the region holds those {}",
                                                                 format_bytes(moved.done_bytes))
                                                   : "nothing in the region is valid";
    throw transfer_error(moved.errnum != 0 ? moved.errnum : EIO, action, moved.done_bytes,
                         range.length, left);
}

} // namespace

transfer_result load(const std::string& path, const memory& target, const transfer_options& options)
{
    const std::string action = fmt::format("load {} -> {}", path, target.label);
    direct_file file(path, file_use::source);
    const byte_range range = resolve_load(file, target, options, action);
    mover work(target, file, direction::load, range, options, action);

    const auto start = clock::now();
    const outcome moved = work.run(false);
    if (moved.errnum != 0 || moved.done_bytes < range.length) {
        fail(moved, range, action);
    }
    const auto elapsed = clock::now() - start;
    if (options.verify) {
        verify(target, file, range, watch(options, transfer_phase::verifying, range.length));
    }
    return {range.length, elapsed, work.chosen().used, work.chosen().reason};
}

} // namespace memlane::detail
