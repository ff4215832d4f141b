// SPDX-License-Identifier: LGPL-2.1-or-later
#include "way_stream.hpp"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "memory_io.hpp"
#include "probe_pipe.hpp"
#include "way_list.hpp"
#include "window_map.hpp"

namespace memlane::detail {

namespace {

constexpr std::uint32_t step_bytes = 1U << 20U;

bool has_type(int fd, mode_t type)
{
    struct stat status = {};
    return ::fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == type;
}

/** @return whether sendfile(2) from the source's descriptor gives a byte, to a pipe of our own. */
bool can_splice(const source& memory)
{
    const auto position = memory.read_position(0);
    const probe_pipe pipe;
    if (memory.fd() < 0 || !position || pipe.errnum() != 0) {
        return false;
    }
    auto at = static_cast<off_t>(*position);
    return ::sendfile(pipe.in(), memory.fd(), &at, 1) == 1;
}

/** One job into, or out of, a descriptor without offsets. */
class stream_run final {
public:
    stream_run(const job& work, const watch& observer)
        : work_(work), observer_(observer), io_(*work.memory), windows_(work)
    {
    }

    /** Its note is how it was done, if nothing went wrong. */
    outcome run()
    {
        if (work_.heading == direction::load) {
            return each_step("read into a buffer, then a copy",
                             [this](std::uint64_t done, std::uint32_t length) {
                                 return read_step(done, length);
                             });
        }
        const stream_method method = work_.sum != nullptr
                                         ? stream_method::write
                                         : choose_stream_method(*work_.memory, work_.file_fd);
        return each_step(to_string(method), [&](std::uint64_t done, std::uint32_t length) {
            switch (method) {
            case stream_method::splice:
                return sendfile_step(done, length);
            case stream_method::vmsplice:
                return vmsplice_step(done, length);
            default:
                return write_step(done, length);
            }
        });
    }

private:
    static outcome result_of(ssize_t moved)
    {
        return moved < 0 ? outcome{.errnum = errno}
                         : outcome{.done_bytes = static_cast<std::uint64_t>(moved)};
    }

    /** Calls @p step for pieces until one moves nothing. @param method in words */
    template <typename Step>
    outcome each_step(std::string_view method, Step step)
    {
        outcome total;
        while (total.done_bytes < work_.length) {
            if (observer_.stopped()) {
                return {.done_bytes = total.done_bytes, .errnum = EINTR};
            }
            const std::uint64_t in_piece = total.done_bytes % work_.io_bytes;
            const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(
                {step_bytes, work_.io_bytes - in_piece, work_.length - total.done_bytes}));
            const outcome moved = step(total.done_bytes, length);
            total.done_bytes += moved.done_bytes;
            observer_.report(total.done_bytes);
            if (moved.errnum == EAGAIN) {
                wait_for_stream();
            } else if (moved.errnum != EINTR && (moved.errnum != 0 || moved.done_bytes == 0)) {
                total.errnum = moved.errnum;
                total.note = moved.note;
                break;
            }
        }
        if (total.errnum == 0) {
            total.note = method;
        }
        return total;
    }

    /** Waits for a descriptor that is not to block, a moment at a time. */
    void wait_for_stream() const
    {
        constexpr int moment_ms = 100;
        const short events = work_.heading == direction::save ? POLLOUT : POLLIN;
        pollfd one = {.fd = work_.file_fd, .events = events, .revents = 0};
        ::poll(&one, 1, moment_ms);
    }

    outcome sendfile_step(std::uint64_t done, std::uint32_t length)
    {
        auto at = static_cast<off_t>(*work_.memory->read_position(work_.offset + done));
        return result_of(::sendfile(work_.file_fd, work_.memory->fd(), &at, length));
    }

    outcome vmsplice_step(std::uint64_t done, std::uint32_t length)
    {
        try {
            const held_bytes part = windows_.at(done, length);
            const iovec one = {.iov_base = part.bytes.data(), .iov_len = part.bytes.size()};
            return result_of(::vmsplice(work_.file_fd, &one, 1, 0));
        } catch (const std::system_error& e) {
            return {.errnum = e.code().value()};
        }
    }

    outcome write_step(std::uint64_t done, std::uint32_t length)
    {
        const auto buffer = std::span(buffer_.bytes()).first(length);
        outcome got = io_.copy_out(work_.offset + done, buffer);
        if (got.done_bytes == 0) {
            return got;
        }
        const auto bytes = buffer.first(static_cast<std::size_t>(got.done_bytes));
        outcome put = result_of(::write(work_.file_fd, bytes.data(), bytes.size()));
        if (work_.sum != nullptr) {
            work_.sum->update(bytes.first(static_cast<std::size_t>(put.done_bytes)));
        }
        return put;
    }

    outcome read_step(std::uint64_t done, std::uint32_t length)
    {
        const auto buffer = std::span(buffer_.bytes()).first(length);
        outcome got = result_of(::read(work_.file_fd, buffer.data(), buffer.size()));
        if (got.done_bytes == 0) {
            return got;
        }
        const auto bytes = buffer.first(static_cast<std::size_t>(got.done_bytes));
        if (work_.sum != nullptr) {
            work_.sum->update(bytes);
        }
        return io_.copy_in(work_.offset + done, bytes);
    }

    const job& work_;
    const watch& observer_;
    memory_io io_;
    window_map windows_;
    mapping buffer_ = mapping::anonymous(step_bytes);
};

class stream_way final : public way {
public:
    [[nodiscard]] way_kind kind() const noexcept override { return way_kind::stream; }

    [[nodiscard]] verdict probe(const source& /*memory*/, const direct_file& /*file*/,
                                const byte_range& /*range*/) const override
    {
        return {false, "it is for pipes and sockets: write to -, or to a FIFO"};
    }

    [[nodiscard]] outcome run(const job& work, const watch& observer) const override
    {
        return stream_run(work, observer).run();
    }
};

} // namespace

std::string_view to_string(stream_method method) noexcept
{
    switch (method) {
    case stream_method::splice:
        return "sendfile moves pages of the source, no copy";
    case stream_method::vmsplice:
        return "vmsplice moves pages of the mapping, no copy";
    case stream_method::write:
        break;
    }
    return "write of a copy";
}

stream_method choose_stream_method(const source& memory, int fd)
{
    const bool pipe = fd < 0 || has_type(fd, S_IFIFO);
    if ((pipe || has_type(fd, S_IFSOCK)) && can_splice(memory)) {
        return stream_method::splice;
    }
    if (pipe && try_pin(memory, 0) == 0) {
        return stream_method::vmsplice;
    }
    return stream_method::write;
}

const way& stream()
{
    static const stream_way one;
    return one;
}

} // namespace memlane::detail
