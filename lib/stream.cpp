// SPDX-License-Identifier: LGPL-2.1-or-later
//
// save() and load() through a descriptor without offsets.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "meter.hpp"
#include "plan.hpp"
#include "stream.hpp"
#include "way_stream.hpp"

namespace memlane {

using namespace detail;

namespace {

void check_options(const transfer_options& options, const std::string& action)
{
    if (options.requested != way_kind::automatic && options.requested != way_kind::stream) {
        throw error(EINVAL, action,
                    fmt::format("the way {} is for files", to_string(options.requested)));
    }
    if (options.verify) {
        throw error(EINVAL, action, "what went into a stream cannot be read back to verify it");
    }
    if (options.file_offset_bytes) {
        throw error(EINVAL, action, "a stream has no file offset");
    }
}

job make_job(const source& memory, int fd, direction heading, const byte_range& range,
             const io_shape& shape, std::optional<digest>& sum)
{
    return {.memory = &memory,
            .file_fd = fd,
            .heading = heading,
            .offset = range.offset,
            .length = range.length,
            .file_offset = 0,
            .io_bytes = shape.io_bytes,
            .depth = shape.depth,
            .sum = sum ? &*sum : nullptr};
}

[[noreturn]] void fail(const outcome& moved, std::uint64_t length, const std::string& action,
                       const std::string& holder)
{
    std::string left = fmt::format("{} got those {}", holder, format_bytes(moved.done_bytes));
    if (!moved.note.empty()) {
        left += "; " + moved.note;
    }
    throw transfer_error(moved.errnum != 0 ? moved.errnum : EIO, action, moved.done_bytes, length,
                         left);
}

transfer_result summarize(std::uint64_t bytes, const meter& spent, std::string reason,
                          const std::optional<digest>& sum)
{
    return {.bytes = bytes,
            .elapsed = spent.elapsed(),
            .used = way_kind::stream,
            .reason = std::move(reason),
            .checksum = sum ? sum->hex() : "",
            .cpu = spent.cpu()};
}

std::uint64_t room_from(const source& memory, const transfer_options& options)
{
    return memory.size_bytes() - std::min(options.offset_bytes, memory.size_bytes());
}

} // namespace

transfer_result detail::save_stream(const source& memory, int fd, const std::string& label,
                                    const transfer_options& options)
{
    const std::string action = fmt::format("save {} -> {}", memory.uri(), label);
    check_options(options, action);
    const byte_range range = resolve_range(options, memory, room_from(memory, options), action);
    const io_shape shape = resolve_shape(options, action);
    std::optional<digest> sum;
    if (options.checksum) {
        sum.emplace(*options.checksum, range.length);
    }
    const meter spent;
    const outcome moved = stream().run(make_job(memory, fd, direction::save, range, shape, sum),
                                       watch(options, transfer_phase::moving, range.length));
    if (moved.errnum != 0 || moved.done_bytes < range.length) {
        fail(moved, range.length, action, "the stream");
    }
    const auto method = sum ? stream_method::write : choose_stream_method(memory, fd);
    return summarize(range.length, spent, std::string(to_string(method)), sum);
}

transfer_result detail::load_stream(int fd, const std::string& label, const source& memory,
                                    const transfer_options& options)
{
    const std::string action = fmt::format("load {} -> {}", label, memory.uri());
    check_options(options, action);
    const byte_range range = resolve_range(options, memory, room_from(memory, options), action);
    const io_shape shape = resolve_shape(options, action);
    std::optional<digest> sum;
    if (options.checksum) {
        sum.emplace(*options.checksum, range.length);
    }
    const meter spent;
    outcome moved = stream().run(make_job(memory, fd, direction::load, range, shape, sum),
                                 watch(options, transfer_phase::moving, range.length));
    char surplus = 0;
    if (moved.errnum == 0 && !options.length_bytes && moved.done_bytes == range.length &&
        ::read(fd, &surplus, 1) == 1) {
        moved.errnum = EFBIG;
    }
    if (moved.errnum != 0 || (options.length_bytes && moved.done_bytes < range.length)) {
        fail(moved, range.length, action, "the memory");
    }
    return summarize(moved.done_bytes, spent, "read into a buffer, then a copy", sum);
}

transfer_result save(const source& memory, int fd, const transfer_options& options)
{
    return save_stream(memory, fd, fmt::format("descriptor {}", fd), options);
}

transfer_result load(int fd, const source& memory, const transfer_options& options)
{
    return load_stream(fd, fmt::format("descriptor {}", fd), memory, options);
}

unique_fd detail::open_stream(const std::string& path, access_mode mode)
{
    const bool writing = mode == access_mode::read_write;
    struct stat status = {};
    if (path == "-") {
        return unique_fd(::fcntl(writing ? STDOUT_FILENO : STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    }
    if (::stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) {
        return {};
    }
    unique_fd fd(::open(path.c_str(), (writing ? O_WRONLY : O_RDONLY) | O_CLOEXEC));
    if (fd.get() < 0) {
        throw_error(errno, "open", "pipe", path);
    }
    return fd;
}

} // namespace memlane
