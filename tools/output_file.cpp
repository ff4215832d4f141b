// SPDX-License-Identifier: GPL-2.0-or-later
#include "output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "memlane/direct_file.hpp"
#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

std::string folder_of(const std::string& path)
{
    const std::string parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent;
}

/** @return whether anybody may have put a link there, as in /tmp */
bool is_in_shared_folder(const std::string& path)
{
    struct stat folder = {};
    return ::stat(folder_of(path).c_str(), &folder) == 0 && (folder.st_mode & S_ISVTX) != 0;
}

/** @return what a symbolic link leads to, as far as there is something, and nobody set a trap */
std::string target_of(const std::string& path)
{
    if (is_in_shared_folder(path)) {
        return path;
    }
    std::error_code failure;
    const std::filesystem::path target = std::filesystem::canonical(path, failure);
    return failure ? path : target.string();
}

} // namespace

output_file::output_file(std::string path, std::uint32_t mode) : path_(std::move(path))
{
    if (path_ == "-") {
        return;
    }
    const bool follows = !is_in_shared_folder(path_);
    struct stat status = {};
    const bool exists =
        ::fstatat(AT_FDCWD, path_.c_str(), &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists) {
        refuse_new_device(path_);
        open_beside(mode);
    } else if (S_ISREG(status.st_mode)) {
        open_beside(status.st_mode & 07777U);
    } else if (S_ISLNK(status.st_mode)) {
        open_beside(mode); // takes the place of the link
    } else {
        owned_ =
            unique_fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW)));
    }
    fd_ = owned_.get();
    if (fd_ < 0) {
        fail(errno);
    }
}

output_file::~output_file()
{
    if (!temporary_.empty()) {
        ::unlink(temporary_.c_str());
    }
}

void output_file::open_beside(unsigned mode)
{
    // Short: the file's own name may be as long as names can be.
    std::string name = fmt::format("{}/.memlane.{}.tmp", folder_of(target_of(path_)), ::getpid());
    // Nobody else's file: with O_EXCL it is ours to remove.
    owned_ = unique_fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_mode));
    if (owned_.get() >= 0) {
        temporary_ = std::move(name);
        if (::fchmod(owned_.get(), mode) != 0) {
            fail(errno);
        }
    }
}

void output_file::commit()
{
    if (temporary_.empty()) {
        return;
    }
    // Some file systems notice only here that there is no room.
    if (::fsync(fd_) != 0 || ::rename(temporary_.c_str(), target_of(path_).c_str()) != 0) {
        fail(errno);
    }
    temporary_.clear();
}

void output_file::fail(int errnum) const
{
    throw_error(errnum, "write", "picture", path_ == "-" ? "standard output" : path_);
}

} // namespace memlane::tool
