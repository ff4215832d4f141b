// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sysfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

#include "memlane/error.hpp"
#include "memlane/unique_fd.hpp"
#include "memlane/units.hpp"

namespace memlane::detail {

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

std::vector<std::string> list_names(const std::string& directory)
{
    std::vector<std::string> names;
    std::error_code ignored; // what cannot be listed has nothing for us
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
        names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string read_attribute(const std::string& path)
{
    const unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) {
        throw_error(errno, "open", "attribute", path);
    }
    std::array<char, 4096> text; // no attribute is longer than this
    const ssize_t length = ::read(fd.get(), text.data(), text.size());
    if (length < 0) {
        throw_error(errno, "read", "attribute", path);
    }
    std::string_view value(text.data(), static_cast<std::size_t>(length));
    if (value.ends_with('\n')) {
        value.remove_suffix(1);
    }
    return std::string(value);
}

std::uint64_t read_number(const std::string& path)
{
    const std::string text = read_attribute(path);
    try {
        return parse_bytes(text);
    } catch (const std::invalid_argument& e) {
        throw_error(EPROTO, "read", "attribute", path, e.what());
    }
}

std::optional<std::uint64_t> read_optional_number(const std::string& path)
{
    try {
        return read_number(path);
    } catch (const error& e) {
        if (e.code().value() == EACCES || e.code().value() == ENOENT) {
            return std::nullopt;
        }
        throw;
    }
}

int write_attribute(const std::string& path, std::string_view value)
{
    const unique_fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (fd.get() < 0 || ::write(fd.get(), value.data(), value.size()) < 0) {
        return errno;
    }
    return 0;
}

} // namespace memlane::detail
