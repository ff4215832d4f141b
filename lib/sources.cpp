// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sources.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "lockdown.hpp"
#include "memlane/error.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

unique_fd open_for(const std::string& path, access_mode mode, const std::string& hint)
{
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode)) {
        // Opening it would wait for somebody at its other end.
        throw_error(EINVAL, "open", "source", path, "a FIFO is no memory");
    }
    const int flags = mode == access_mode::read_write ? O_RDWR : O_RDONLY;
    unique_fd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY));
    if (fd.get() < 0) {
        const int errnum = errno;
        // Of files, EPERM is their own.
        const bool is_file = S_ISREG(status.st_mode) && !path.starts_with("/sys/");
        throw_error(errnum, "open", "source", path,
                    errnum == ENOENT ? hint
                    : is_file        ? ""
                                     : explain_lockdown(errnum));
    }
    return fd;
}

std::string list_present(const std::string& directory)
{
    const std::vector<std::string> names = list_names(directory);
    if (names.empty()) {
        return fmt::format("there is none in {}", directory);
    }
    return fmt::format("{} has {}", directory, fmt::join(names, ", "));
}

} // namespace memlane::detail
