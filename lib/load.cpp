// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "meter.hpp"
#include "mover.hpp"
#include "stream.hpp"

namespace memlane {

using namespace detail;

namespace {

/** @return the range, which is inside the memory and the file. */
byte_range resolve_load(const direct_file& file, const source& memory,
                        const transfer_options& options, const std::string& action)
{
    const std::uint64_t room = rest_from(memory.size_bytes(), options.offset_bytes);
    const std::uint64_t available =
        rest_from(file.size_bytes(), options.file_offset_bytes.value_or(0));
    // The size of a device says nothing about what was stored on it.
    const bool may_cut = file.kind() == file_kind::block_device;
    if (!options.length_bytes && !may_cut && available > room) {
        throw error(EFBIG, action,
                    fmt::format("the file has {} bytes, the memory room for {}; a length would "
                                "limit it",
                                available, room));
    }
    const byte_range range = resolve_range(options, memory, std::min(available, room), action);
    if (range.length > available) {
        throw error(EINVAL, action,
                    fmt::format("the file has {} bytes from offset {}, not {}", available,
                                range.file_offset, range.length));
    }
    return range;
}

[[noreturn]] void fail(const outcome& moved, const byte_range& range, const std::string& action)
{
    const std::string left = moved.done_bytes != 0 ? fmt::format("the memory holds those {}",
                                                                 format_bytes(moved.done_bytes))
                                                   : "nothing in the memory is valid";
    throw transfer_error(moved.errnum != 0 ? moved.errnum : EIO, action, moved.done_bytes,
                         range.length, moved.with_note(left));
}

} // namespace

transfer_result load(const std::string& path, const source& memory, const transfer_options& options)
{
    if (const unique_fd stream = open_stream(path, access_mode::read_only); stream.get() >= 0) {
        return load_stream(stream.get(), path, memory, options);
    }
    const std::string action = fmt::format("load {} -> {}", path, memory.uri());
    direct_file file(path, file_use::source);
    const byte_range range = resolve_load(file, memory, options, action);
    mover work(memory, file, direction::load, range, options, action);

    const meter spent;
    const outcome moved = work.run(false);
    if (moved.errnum != 0 || moved.done_bytes < range.length) {
        fail(moved, range, action);
    }
    return work.finish({spent.elapsed(), spent.cpu()});
}

} // namespace memlane
