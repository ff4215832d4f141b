// SPDX-License-Identifier: LGPL-2.1-or-later
#include "index_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

namespace {

constexpr std::uint64_t reserve_step_bytes = 1U << 20U; // 21,845 frames

unique_fd open_index(const std::string& path, bool replace, std::uint32_t mode)
{
    if (::access(path.c_str(), F_OK) != 0) {
        refuse_new_device(path);
    }
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY;
    unique_fd fd(::open(path.c_str(), flags | O_EXCL, private_mode));
    const bool created = fd.get() >= 0;
    if (!created && errno == EEXIST && replace) {
        fd = unique_fd(::open(path.c_str(), flags, private_mode));
    }
    if (fd.get() < 0 || (created && ::fchmod(fd.get(), mode) != 0)) {
        const int errnum = errno;
        throw_error(errnum, "create", "index", path,
                    errnum == EEXIST ? "there is a recording of that name" : "");
    }
    return fd;
}

/** @return whether a file system without locks was the reason for which there is none. */
constexpr bool has_no_locks(int errnum) noexcept
{
    return errnum == ENOLCK || errnum == EOPNOTSUPP || errnum == ENOSYS;
}

/** @return false where there are no locks. @throws error EBUSY */
bool lock_index(int fd, const std::string& path)
{
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    if (has_no_locks(errno)) {
        return false;
    }
    const int errnum = errno == EWOULDBLOCK ? EBUSY : errno;
    throw_error(errnum, "lock", "index", path, "the recording is being written");
}

} // namespace

index_file::index_file(std::string path, bool replace, std::uint32_t mode)
    : path_(std::move(path)), fd_(open_index(path_, replace, mode)),
      locked_(lock_index(fd_.get(), path_))
{
    if (::ftruncate(fd_.get(), 0) != 0) {
        throw_error(errno, "truncate", "index", path_);
    }
}

index_file::~index_file()
{
    if (!keep_) {
        ::unlink(path_.c_str());
    }
}

void index_file::begin(const index_header& header)
{
    if (const int errnum = append(encode(header)); errnum != 0) {
        throw_error(errnum, "write", "index", path_);
    }
}

int index_file::reserve(std::uint64_t records)
{
    const std::uint64_t wanted = index_header_bytes + records * index_record_bytes;
    if (wanted <= reserved_bytes_) {
        return 0;
    }
    const std::uint64_t more = std::max(reserve_step_bytes, wanted - reserved_bytes_);
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved_bytes_),
                    static_cast<off_t>(more)) != 0 &&
        errno != EOPNOTSUPP) {
        return errno;
    }
    reserved_bytes_ += more;
    return 0;
}

void index_file::cut() noexcept
{
    static_cast<void>(::ftruncate(fd_.get(), static_cast<off_t>(size_bytes_)));
}

int index_file::append(std::span<const std::byte> records)
{
    const outcome moved = write_at(fd_.get(), records, size_bytes_);
    if (moved.errnum != 0) {
        cut(); // half a record is none
        return moved.errnum;
    }
    size_bytes_ += records.size();
    return ::fdatasync(fd_.get()) == 0 ? 0 : errno;
}

} // namespace memlane::detail
