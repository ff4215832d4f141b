// SPDX-License-Identifier: LGPL-2.1-or-later
#include "replacement.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "memlane/direct_file.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

namespace {

/** @return that of the file that is replaced, or of what is made from memory. */
mode_t mode_of(const std::string& path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : private_mode;
}

} // namespace

replacement::replacement(std::string path)
    : path_(std::move(path)), fresh_(path_ + ".new"),
      fd_(::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                 private_mode))
{
    if (fd_.get() < 0 || ::fchmod(fd_.get(), mode_of(path_)) != 0) {
        throw_error(errno, "make", "file", fresh_);
    }
}

replacement::replacement(replacement&& other) noexcept
    : path_(std::move(other.path_)), fresh_(std::move(other.fresh_)), fd_(std::move(other.fd_)),
      done_(std::exchange(other.done_, true))
{
}

replacement::~replacement()
{
    if (!done_) {
        ::unlink(fresh_.c_str());
    }
}

void replacement::write(std::span<const std::byte> bytes, std::uint64_t offset)
{
    if (const outcome put = write_at(fd(), bytes, offset); put.errnum != 0) {
        throw_error(put.errnum, "write", "file", fresh_);
    }
}

void replacement::sync()
{
    if (::fsync(fd()) != 0) {
        throw_error(errno, "sync", "file", fresh_);
    }
}

void replacement::take_its_place()
{
    if (::rename(fresh_.c_str(), path_.c_str()) != 0) {
        throw_error(errno, "replace", "file", path_);
    }
    done_ = true;
}

void sync_folder_of(const std::string& path)
{
    const std::filesystem::path parent = std::filesystem::path(path).parent_path();
    const std::string folder = parent.empty() ? "." : parent.string();
    const unique_fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || ::fsync(fd.get()) != 0) {
        throw_error(errno, "sync", "folder", folder);
    }
}

} // namespace memlane::detail
