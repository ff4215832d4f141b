// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "sources.hpp"
#include "uapi.hpp"

namespace memlane::detail {

namespace {

constexpr unsigned framebuffer_major = 29; // Documentation/admin-guide/devices.txt

[[noreturn]] void reject(const std::string& path, const std::string& why)
{
    throw_error(EINVAL, "parse", "source", path, why);
}

std::string uri_of_device(const std::string& path, dev_t number)
{
    if (gnu_dev_major(number) == framebuffer_major) {
        return "fb:" + path;
    }
    if (path.starts_with("/dev/dax")) {
        return "dax:" + path;
    }
    reject(path, fmt::format("a character device does not tell its size: dev:{}+LEN", path));
}

} // namespace

bool is_path(std::string_view text)
{
    const std::string node = std::string(node_directory) + "/";
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && slash < text.find(':') && !text.starts_with(node);
}

std::string uri_of_path(const std::string& path)
{
    if (path == "/dev/mem") {
        reject(path, "a range of it is phys:ADDR+LEN");
    }
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
        reject(path, fmt::format("{}; a region is NAME, memlane:NAME or {}/NAME",
                                 describe_errno(errno), node_directory));
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return "file:" + path;
    case S_IFCHR:
        return uri_of_device(path, status.st_rdev);
    case S_IFBLK:
        reject(path, fmt::format("if it shall be mapped as a file it is file:{}", path));
    default:
        reject(path, "neither a regular file nor a device");
    }
}

} // namespace memlane::detail
