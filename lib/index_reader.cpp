// SPDX-License-Identifier: LGPL-2.1-or-later
#include "index_reader.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

namespace {

constexpr std::size_t buffered_records = 20'000; // about a MiB

/** @return what is there of the bytes asked for. */
std::size_t read_piece(int fd, const std::string& path, std::span<std::byte> to,
                       std::uint64_t offset)
{
    const outcome got = read_at(fd, to, offset);
    if (got.errnum != 0) {
        throw_error(got.errnum, "read", "file", path);
    }
    return static_cast<std::size_t>(got.done_bytes);
}

} // namespace

index_reader::index_reader(const std::string& base, access_mode mode) : path_(index_path(base))
{
    const int access = mode == access_mode::read_write ? O_RDWR : O_RDONLY;
    fd_ = unique_fd(::open(path_.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (fd_.get() < 0 || ::fstat(fd_.get(), &status) != 0) {
        throw_error(errno, "open", "file", path_);
    }
    if (!S_ISREG(status.st_mode)) {
        throw_error(EBADMSG, "read", "recording", path_, "it is no regular file");
    }
}

std::optional<index_header> index_reader::header() const
{
    header_bytes bytes;
    if (read_piece(fd(), path_, bytes, 0) != bytes.size()) {
        return std::nullopt;
    }
    const auto header = decode_header(bytes);
    const bool usable = header && header->block_bytes != 0 && header->slot_bytes != 0;
    return usable ? header : std::nullopt;
}

std::uint64_t index_reader::size_bytes() const
{
    struct stat status = {};
    if (::fstat(fd(), &status) != 0) {
        throw_error(errno, "measure", "file", path_);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t index_reader::records() const
{
    const std::uint64_t size = size_bytes();
    return size < index_header_bytes ? 0 : (size - index_header_bytes) / index_record_bytes;
}

/** What is in memory from the next record on. */
std::span<const std::byte> index_reader::buffered() const noexcept
{
    const std::span<const std::byte> all(buffer_);
    if (position_ < buffer_start_ || position_ - buffer_start_ >= all.size() / index_record_bytes) {
        return {};
    }
    return all.subspan(static_cast<std::size_t>(position_ - buffer_start_) * index_record_bytes,
                       index_record_bytes);
}

std::span<const std::byte> index_reader::next()
{
    constexpr std::uint64_t last = (std::numeric_limits<off_t>::max() / 2) / index_record_bytes;
    if (position_ > last) {
        return {};
    }
    auto record = buffered();
    if (record.empty()) {
        const std::uint64_t offset = offset_of_record(position_);
        const std::uint64_t size = size_bytes();
        buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(
            size > offset ? size - offset : 0, buffered_records * index_record_bytes)));
        buffer_start_ = position_;
        buffer_.resize(read_piece(fd(), path_, buffer_, offset));
        record = std::span(buffer_).first(std::min(buffer_.size(), index_record_bytes));
    }
    position_ += record.empty() ? 0U : 1U;
    return record;
}

bool index_reader::is_in_use() const
{
    if (::flock(fd(), LOCK_SH | LOCK_NB) == 0) {
        ::flock(fd(), LOCK_UN);
        return false;
    }
    return errno == EWOULDBLOCK;
}

void index_reader::lock()
{
    if (::flock(fd(), LOCK_EX | LOCK_NB) != 0) {
        const bool in_use = errno == EWOULDBLOCK;
        throw_error(in_use ? EBUSY : errno, "lock", "file", path_,
                    in_use ? "it is being recorded or repaired" : "");
    }
    // Who had it before may have put another file in its place.
    struct stat ours = {};
    struct stat named = {};
    if (::fstat(fd(), &ours) != 0 || ::stat(path_.c_str(), &named) != 0 ||
        ours.st_ino != named.st_ino || ours.st_dev != named.st_dev) {
        throw_error(EBUSY, "lock", "file", path_, "it was just repaired");
    }
}

void index_reader::cut(std::uint64_t size_bytes)
{
    if (::ftruncate(fd(), static_cast<off_t>(size_bytes)) != 0 || ::fdatasync(fd()) != 0) {
        throw_error(errno, "truncate", "file", path_);
    }
}

} // namespace memlane::detail
