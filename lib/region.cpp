// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "memlane/error.hpp"
#include "memlane/region_status.hpp"
#include "uapi.hpp"

namespace memlane {

namespace {

std::string node_path(const std::string& name)
{
    return std::string(detail::node_directory) + "/" + name;
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
    switch (kind) {
    case region_kind::pages:
        return "pages";
    case region_kind::reserved:
        return "reserved";
    case region_kind::client:
        return "client";
    case region_kind::unknown:
        break;
    }
    return "unknown";
}

std::string region_name(std::string_view text)
{
    const std::string_view bare = without_prefix(text, "memlane:");
    const std::string_view name = without_prefix(bare, std::string(detail::node_directory) + "/");
    if (name.empty() || name.starts_with('.') || name.find('/') != std::string_view::npos) {
        throw_error(EINVAL, "parse", "region name", text,
                    "not NAME, memlane:NAME or /dev/memlane/NAME");
    }
    return std::string(name);
}

region::region(std::string_view name, access_mode mode)
    : region(open_node(node_path(region_name(name)), mode), node_path(region_name(name)), mode)
{
}

region::region(unique_fd&& fd, const std::string& node, access_mode mode)
    : region(detail::query_info(fd.get(), node), std::move(fd), mode)
{
}

region::region(region_info info, unique_fd&& fd, access_mode mode)
    : source("memlane:" + info.name, mode,
             {.fd = std::move(fd), .size_bytes = info.size_bytes, .readable = true}),
      info_(std::move(info))
{
}

void region::sync(memory_owner owner, sync_direction direction, std::uint64_t offset,
                  std::uint64_t length) const
{
    const int errnum = detail::sync(fd(), owner, direction, offset, length);
    if (errnum != 0) {
        throw_error(errnum, "sync", "region", info_.name,
                    errnum == EBADF ? "it is not open for writing" : "");
    }
}

std::optional<std::uint64_t> region::phys_addr() const
{
    // 0: we may not know. In pieces, the first one's says little of the rest.
    if (info_.phys_addr == 0 || info_.segments != 1) {
        return std::nullopt;
    }
    return info_.phys_addr;
}

} // namespace memlane
