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

#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

/** @return what a symbolic link leads to, as far as there is something */
std::string target_of(const std::string& path)
{
    std::error_code failure;
    const std::filesystem::path target = std::filesystem::canonical(path, failure);
    return failure ? path : target.string();
}

} // namespace

output_file::output_file(std::string path) : path_(std::move(path))
{
    if (path_ == "-") {
        return;
    }
    struct stat status = {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (!exists || S_ISREG(status.st_mode)) {
        open_beside(exists ? status.st_mode & 07777U : 0);
    } else {
        owned_ = unique_fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
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
    std::string name = fmt::format("{}.{}.tmp", target_of(path_), ::getpid());
    // Nobody else's file: with O_EXCL it is ours to remove.
    owned_ = unique_fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (owned_.get() >= 0) {
        temporary_ = std::move(name);
        if (mode != 0 && ::fchmod(owned_.get(), mode) != 0) {
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
