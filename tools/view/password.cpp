// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/password.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "input_file.hpp"
#include "memlane/error.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane::tool {

namespace {

constexpr std::size_t password_max = 8;

[[noreturn]] void refuse(int errnum, const std::string& path, const std::string& why)
{
    throw_error(errnum, "read", "password file", path, why);
}

void require_private(int fd, const std::string& path)
{
    struct stat status = {};
    if (::fstat(fd, &status) != 0) {
        refuse(errno, path, "");
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(EPERM, path, "others may use it: chmod 600 " + path);
    }
}

std::string first_line(int fd, const std::string& path)
{
    std::array<char, 256> text = {};
    const ssize_t got = ::read(fd, text.data(), text.size());
    if (got < 0) {
        refuse(errno, path, "");
    }
    const std::string start(text.data(), static_cast<std::size_t>(got));
    return start.substr(0, start.find_first_of("\r\n"));
}

} // namespace

std::string read_password(const std::string& path)
{
    const unique_fd fd(open_input(path));
    if (fd.get() < 0) {
        refuse(errno, path, "");
    }
    require_private(fd.get(), path);
    std::string password = first_line(fd.get(), path);
    if (password.empty()) {
        refuse(EINVAL, path, "its first line, the password, is empty");
    }
    if (password.size() > password_max) {
        refuse(
            EINVAL, path,
            fmt::format("the password has {} bytes, VNC takes {}", password.size(), password_max));
    }
    return password;
}

} // namespace memlane::tool
