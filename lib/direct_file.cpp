// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/direct_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "block.hpp"
#include "dio_limits.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane {

namespace {

constexpr int common_flags = O_CLOEXEC | O_NOCTTY;

[[noreturn]] void throw_open(int errnum, const std::string& path)
{
    const bool in_use = errnum == EBUSY;
    throw_error(errnum, "open", "file", path,
                in_use ? "the device is mounted, or held by another driver" : "");
}

/** @return the kind of @p path, seen without opening: opening alone can move a tape. */
file_kind kind_of(const struct stat& status, const std::string& path)
{
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return file_kind::regular;
    case S_IFBLK:
        return file_kind::block_device;
    case S_IFDIR:
        throw_open(EISDIR, path);
    default:
        throw_error(EINVAL, "open", "file", path, "neither a regular file nor a block device");
    }
}

/** @return O_EXCL for a block device to write: it keeps off what is mounted. */
int exclusive_flag(const struct stat& status)
{
    return S_ISBLK(status.st_mode) ? O_EXCL : 0;
}

/** @return 0 or an errno. */
int switch_direct(int fd, bool on)
{
    const int flags = ::fcntl(fd, F_GETFL);
    const int wanted = on ? flags | O_DIRECT : flags & ~O_DIRECT;
    return flags >= 0 && ::fcntl(fd, F_SETFL, wanted) == 0 ? 0 : errno;
}

/** Stacked file systems accept O_DIRECT and find out at the first I/O that they cannot. */
bool refuses_direct_read(int fd, std::uint32_t alignment)
{
    const detail::aligned_buffer block(alignment);
    const int errnum = detail::read_at(fd, block.bytes(), 0).errnum;
    return errnum == EINVAL || errnum == EOPNOTSUPP;
}

} // namespace

void refuse_new_device(const std::string& path)
{
    const std::string parent = std::filesystem::path(path).parent_path();
    struct stat folder = {};
    struct stat devices = {};
    struct stat root = {};
    if (::stat(parent.empty() ? "." : parent.c_str(), &folder) == 0 &&
        ::stat("/dev", &devices) == 0 && ::stat("/", &root) == 0 && devices.st_dev != root.st_dev &&
        folder.st_dev == devices.st_dev) {
        throw_error(ENODEV, "open", "file", path,
                    "there is no such device, and a file in /dev would be in memory");
    }
}

direct_file::direct_file(std::string path, file_use use, std::uint32_t mode)
    : path_(std::move(path))
{
    const int access = use == file_use::target ? O_RDWR : O_RDONLY;
    struct stat status = {};
    if (::stat(path_.c_str(), &status) == 0) {
        kind_ = kind_of(status, path_);
        const int exclusive = use == file_use::target ? exclusive_flag(status) : 0;
        fd_ = unique_fd(::open(path_.c_str(), access | exclusive | common_flags));
    } else if (errno == ENOENT && use == file_use::target) {
        create(mode);
    }
    if (fd_.get() < 0) {
        throw_open(errno, path_);
    }
    // O_DIRECT comes second: an open(2) that refuses it has made the file nevertheless.
    const std::uint32_t alignment = detail::query_dio_limits(fd_.get()).common_bytes();
    if (alignment != 0 && switch_direct(fd_.get(), true) == 0) {
        alignment_bytes_ = alignment;
    }
    if (can_direct() && refuses_direct_read(fd_.get(), alignment)) {
        alignment_bytes_ = 0;
        set_direct(false);
    }
}

direct_file::~direct_file()
{
    if (fd_.get() >= 0 && created_ && !keep_) {
        ::unlink(path_.c_str());
    }
}

void direct_file::create(std::uint32_t mode)
{
    refuse_new_device(path_);
    fd_ = unique_fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | common_flags, private_mode));
    created_ = fd_.get() >= 0;
    if (created_ && mode != private_mode && ::fchmod(fd_.get(), mode) != 0) {
        const int errnum = errno;
        ::unlink(path_.c_str());
        throw_error(errnum, "set the mode of", "file", path_);
    }
    if (!created_ && errno == EEXIST) {
        // A symbolic link to nowhere, or somebody was faster: not ours to remove.
        fd_ = unique_fd(::open(path_.c_str(), O_RDWR | O_CREAT | common_flags, private_mode));
    }
}

std::uint64_t direct_file::size_bytes() const
{
    const off_t end = ::lseek(fd(), 0, SEEK_END);
    if (end < 0) {
        throw_error(errno, "measure", "file", path_);
    }
    return static_cast<std::uint64_t>(end);
}

void direct_file::set_direct(bool on)
{
    if (const int errnum = switch_direct(fd(), on); errnum != 0) {
        throw_error(errnum, on ? "set O_DIRECT on" : "clear O_DIRECT on", "file", path_);
    }
}

void direct_file::truncate(std::uint64_t size_bytes)
{
    if (kind_ != file_kind::regular || this->size_bytes() == size_bytes) {
        return;
    }
    if (::ftruncate(fd(), static_cast<off_t>(size_bytes)) != 0) {
        throw_error(errno, "truncate", "file", path_);
    }
}

int direct_file::preallocate(std::uint64_t offset_bytes, std::uint64_t length_bytes)
{
    if (kind_ != file_kind::regular || length_bytes == 0) {
        return 0;
    }
    const std::uint64_t before = size_bytes();
    if (::fallocate(fd(), 0, static_cast<off_t>(offset_bytes), static_cast<off_t>(length_bytes)) ==
        0) {
        return 0;
    }
    const int errnum = errno;
    truncate(before); // some file systems keep the part they got
    return errnum;
}

void direct_file::sync()
{
    if (::fdatasync(fd()) != 0) {
        throw_error(errno, "sync", "file", path_);
    }
}

} // namespace memlane
