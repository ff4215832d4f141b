// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sources.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "memlane/error.hpp"

namespace memlane::detail {

unique_fd open_for(const std::string& path, access_mode mode, const std::string& hint)
{
    const int flags = mode == access_mode::read_write ? O_RDWR : O_RDONLY;
    unique_fd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY));
    if (fd.get() < 0) {
        const int errnum = errno;
        throw_error(errnum, "open", "source", path, errnum == ENOENT ? hint : "");
    }
    return fd;
}

bool reads_at(int fd, std::uint64_t position)
{
    char byte = 0;
    return ::pread(fd, &byte, 1, static_cast<off_t>(position)) == 1;
}

std::string list_present(const std::string& directory)
{
    std::vector<std::string> names;
    std::error_code ignored; // what cannot be listed has nothing for us
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
        names.push_back(entry.path().filename());
    }
    if (names.empty()) {
        return fmt::format("there is none in {}", directory);
    }
    std::sort(names.begin(), names.end());
    return fmt::format("{} has {}", directory, fmt::join(names, ", "));
}

} // namespace memlane::detail
