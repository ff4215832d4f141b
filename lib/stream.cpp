// SPDX-License-Identifier: LGPL-2.1-or-later
//
// save() and load() through a descriptor without offsets.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "meter.hpp"
#include "plan.hpp"
#include "stream.hpp"
#include "way_list.hpp"

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

/** One transfer through a stream, checked and ready to run. */
class stream_transfer final {
public:
    stream_transfer(const source& memory, int fd, direction heading, std::string action,
                    const transfer_options& options)
        : memory_(memory), fd_(fd), heading_(heading), action_(std::move(action)),
          options_(options), range_(resolve(memory, options, action_))
    {
        require_shape(options, action_);
        if (options.checksum) {
            sum_.emplace(*options.checksum, range_.length);
        }
    }

    [[nodiscard]] std::uint64_t length() const noexcept { return range_.length; }

    [[nodiscard]] outcome run()
    {
        const io_shape shape = shape_of(options_, way_kind::stream, range_.length);
        const job work = {.memory = &memory_,
                          .file_fd = fd_,
                          .heading = heading_,
                          .offset = range_.offset,
                          .length = range_.length,
                          .file_offset = 0,
                          .io_bytes = shape.io_bytes,
                          .depth = shape.depth,
                          .sum = sum_ ? &*sum_ : nullptr};
        return stream().run(work, watch(options_, transfer_phase::moving, range_.length));
    }

    /** @param holder of what arrived, as people name it */
    [[noreturn]] void fail(const outcome& moved, const std::string& holder) const
    {
        const std::string left =
            fmt::format("{} got those {}", holder, format_bytes(moved.done_bytes));
        throw transfer_error(moved.errnum != 0 ? moved.errnum : EIO, action_, moved.done_bytes,
                             range_.length, moved.with_note(left));
    }

    [[nodiscard]] transfer_result result(const outcome& moved) const
    {
        return {.bytes = moved.done_bytes,
                .elapsed = spent_.elapsed(),
                .used = way_kind::stream,
                .reason = moved.note,
                .checksum = sum_ ? sum_->hex() : "",
                .cpu = spent_.cpu()};
    }

private:
    static byte_range resolve(const source& memory, const transfer_options& options,
                              const std::string& action)
    {
        check_options(options, action);
        return resolve_range(options, memory, rest_from(memory.size_bytes(), options.offset_bytes),
                             action);
    }

    const source& memory_;
    int fd_;
    direction heading_;
    std::string action_;
    const transfer_options& options_;
    byte_range range_;
    std::optional<digest> sum_;
    meter spent_;
};

} // namespace

transfer_result detail::save_stream(const source& memory, int fd, const std::string& label,
                                    const transfer_options& options)
{
    stream_transfer work(memory, fd, direction::save,
                         fmt::format("save {} -> {}", memory.uri(), label), options);
    const outcome moved = work.run();
    if (moved.errnum != 0 || moved.done_bytes < work.length()) {
        work.fail(moved, "the stream");
    }
    return work.result(moved);
}

transfer_result detail::load_stream(int fd, const std::string& label, const source& memory,
                                    const transfer_options& options)
{
    stream_transfer work(memory, fd, direction::load,
                         fmt::format("load {} -> {}", label, memory.uri()), options);
    outcome moved = work.run();
    char surplus = 0;
    if (moved.errnum == 0 && !options.length_bytes && moved.done_bytes == work.length() &&
        ::read(fd, &surplus, 1) == 1) {
        moved = {.done_bytes = moved.done_bytes, .errnum = EFBIG};
    }
    if (moved.errnum != 0 || (options.length_bytes && moved.done_bytes < work.length())) {
        work.fail(moved, "the memory");
    }
    return work.result(moved);
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
