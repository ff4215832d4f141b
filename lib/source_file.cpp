// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "sources.hpp"

namespace memlane::detail {

namespace {

std::uint64_t size_of(int fd, const std::string& path)
{
    const off_t end = ::lseek(fd, 0, SEEK_END);
    if (end < 0) {
        throw_error(errno, "measure", "source", path);
    }
    return static_cast<std::uint64_t>(end);
}

class file_source final : public source {
public:
    file_source(std::string uri, access_mode mode, unique_fd fd, std::uint64_t size)
        : source(std::move(uri), mode, {.fd = std::move(fd), .size_bytes = size, .readable = true})
    {
    }

    [[nodiscard]] std::string describe_loss() const override
    {
        const std::uint64_t now = size_of(fd(), uri());
        return now < size_bytes()
                   ? fmt::format("the file has {} bytes now, not {}", now, size_bytes())
                   : "";
    }
};

} // namespace

std::unique_ptr<source> open_file(uri_text text, access_mode mode)
{
    const std::string path = text.rest("PATH");
    unique_fd fd = open_for(path, mode);
    struct stat status = {};
    if (::fstat(fd.get(), &status) != 0) {
        throw_error(errno, "examine", "source", path);
    }
    if (S_ISCHR(status.st_mode)) {
        throw_error(EINVAL, "open", "source", text.uri(),
                    fmt::format("a character device does not tell its size: dev:{}+LEN", path));
    }
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) {
        throw_error(EINVAL, "open", "source", text.uri(), "neither a file nor a device");
    }
    const std::uint64_t size = size_of(fd.get(), path);
    return std::make_unique<file_source>(text.uri(), mode, std::move(fd), size);
}

} // namespace memlane::detail
