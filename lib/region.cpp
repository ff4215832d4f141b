// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region.hpp"

#include <fcntl.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/region_status.hpp"
#include "uapi.hpp"

namespace memlane {

namespace {

std::string node_path(std::string_view source)
{
    return std::string(detail::node_directory) + "/" + region_name(source);
}

std::string explain_open(int errnum)
{
    switch (errnum) {
    case ENOENT:
        return explain_absence();
    case EACCES:
        return "only its owner, usually root, may open it";
    default:
        return {};
    }
}

unique_fd open_node(const std::string& path, access_mode mode)
{
    const int flags = mode == access_mode::read_write ? O_RDWR : O_RDONLY;
    unique_fd fd(::open(path.c_str(), flags | O_CLOEXEC));
    if (fd.get() < 0) {
        const int errnum = errno;
        throw_error(errnum, "open", "region", path, explain_open(errnum));
    }
    return fd;
}

std::string_view without_prefix(std::string_view text, std::string_view prefix)
{
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

} // namespace

std::string_view to_string(region_kind kind) noexcept
{
    return kind == region_kind::reserved ? "reserved" : "pages";
}

std::string region_name(std::string_view source)
{
    const std::string_view bare = without_prefix(source, "memlane:");
    const std::string_view name = without_prefix(bare, std::string(detail::node_directory) + "/");
    if (name.empty() || name.starts_with('.') || name.find('/') != std::string_view::npos) {
        throw_error(EINVAL, "parse", "region name", source,
                    "not NAME, memlane:NAME or /dev/memlane/NAME");
    }
    return std::string(name);
}

region::region(std::string_view source, access_mode mode)
    : mode_(mode), fd_(open_node(node_path(source), mode)),
      info_(detail::query_info(fd_.get(), node_path(source)))
{
}

mapping region::map(std::uint64_t offset_bytes, std::size_t length_bytes) const
{
    return {fd(), offset_bytes, length_bytes, mode_};
}

} // namespace memlane
