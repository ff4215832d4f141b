// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory_io.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "probe_pipe.hpp"

namespace memlane::detail {

namespace {

/** @return 0 or the errno of mapping one byte. */
int try_map(const source& memory)
{
    try {
        static_cast<void>(memory.map(0, std::min<std::uint64_t>(memory.size_bytes(), 1)));
        return 0;
    } catch (const std::system_error& e) {
        return e.code().value();
    }
}

/** Calls @p once for what is left, over interruptions, up to the end or an error. */
template <typename Once>
outcome repeat(std::size_t length, Once once)
{
    std::size_t done = 0;
    while (done < length) {
        const ssize_t moved = once(done);
        if (moved < 0 && errno == EINTR) {
            continue;
        }
        if (moved <= 0) {
            return {.done_bytes = done, .errnum = moved < 0 ? errno : 0};
        }
        done += static_cast<std::size_t>(moved);
    }
    return {.done_bytes = done};
}

} // namespace

memory_io::memory_io(const source& memory) : memory_(memory), access_(best_access(memory))
{
    refusal_ = try_map(memory);
    if (refusal_ != 0 && memory.read_position(0)) {
        refusal_ = 0;
        by_read_ = true;
    }
}

outcome memory_io::copy_out(std::uint64_t offset, std::span<std::byte> to) const
{
    if (by_read_) {
        return read_at(memory_.fd(), to, *memory_.read_position(offset));
    }
    return with_mapping(offset, to.size(), [&](std::span<std::byte> bytes) {
        return copy_from(bytes, to.data(), access_);
    });
}

outcome memory_io::copy_in(std::uint64_t offset, std::span<const std::byte> from) const
{
    if (by_read_) {
        return write_at(memory_.fd(), from, *memory_.read_position(offset));
    }
    return with_mapping(offset, from.size(), [&](std::span<std::byte> bytes) {
        return copy_to(bytes, from.data(), access_);
    });
}

std::uint64_t memory_io::present_bytes(std::uint64_t offset, std::uint64_t length) const
{
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::uint64_t present = 0;
    std::byte probe = {};
    while (present < length && copy_out(offset + present, {&probe, 1}).errnum == 0) {
        present += page - (offset + present) % page;
    }
    return std::min(present, length);
}

template <typename Copy>
outcome memory_io::with_mapping(std::uint64_t offset, std::size_t length, Copy copy) const
{
    try {
        const mapping part = memory_.map(offset, length);
        const std::size_t done = copy(part.bytes());
        if (done < length) {
            return {
                .done_bytes = done, .errnum = EFAULT, .note = describe_gap(memory_, offset + done)};
        }
        return {.done_bytes = done};
    } catch (const std::system_error& e) {
        return {.errnum = e.code().value(), .note = describe_gap(memory_, offset)};
    }
}

access_kind best_access(const source& memory) noexcept
{
    return memory.usual_cache() == cache_mode::write_back ? access_kind::cached
                                                          : access_kind::device;
}

std::string describe_gap(const source& memory, std::uint64_t offset)
{
    const std::string loss = memory.describe_loss();
    return fmt::format("{} has no memory at offset {}{}{}", memory.uri(), offset,
                       loss.empty() ? "" : ": ", loss);
}

int try_pin(const source& memory, std::uint64_t offset)
{
    const probe_pipe pipe;
    if (pipe.errnum() != 0) {
        return pipe.errnum();
    }
    try {
        const mapping part = memory.map(offset, 1);
        const iovec one = {.iov_base = part.bytes().data(), .iov_len = part.bytes().size()};
        return ::vmsplice(pipe.in(), &one, 1, 0) == 1 ? 0 : errno;
    } catch (const std::system_error& e) {
        return e.code().value();
    }
}

outcome read_at(int fd, std::span<std::byte> buffer, std::uint64_t offset)
{
    return repeat(buffer.size(), [&](std::size_t done) {
        return ::pread(fd, buffer.data() + done, buffer.size() - done,
                       static_cast<off_t>(offset + done));
    });
}

outcome write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset)
{
    return repeat(bytes.size(), [&](std::size_t done) {
        return ::pwrite(fd, bytes.data() + done, bytes.size() - done,
                        static_cast<off_t>(offset + done));
    });
}

} // namespace memlane::detail
