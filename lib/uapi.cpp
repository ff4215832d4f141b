// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi.hpp"

#include <linux/memlane.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

region_kind kind_from_uapi(std::uint32_t raw)
{
    switch (raw) {
    case MEMLANE_KIND_RESERVED:
        return region_kind::reserved;
    case MEMLANE_KIND_CLIENT:
        return region_kind::client;
    default:
        return region_kind::pages;
    }
}

region_info from_uapi(const memlane_info& raw)
{
    return {
        .name = reinterpret_cast<const char*>(raw.name),
        .kind = kind_from_uapi(raw.kind),
        .size_bytes = raw.size,
        .phys_addr = raw.phys_addr,
        .segments = raw.segments,
        .page_bytes = raw.page_size,
    };
}

memlane_transfer to_uapi(const job& work, std::uint64_t skip, std::uint64_t length)
{
    memlane_transfer raw = {};
    raw.fd = work.file_fd;
    raw.offset = work.offset + skip;
    raw.length = length;
    raw.file_offset = work.file_offset + skip;
    raw.io_bytes = work.io_bytes;
    raw.depth = work.depth;
    return raw;
}

} // namespace

io_limits limits() noexcept
{
    return {MEMLANE_IO_BYTES_MAX, MEMLANE_IO_BYTES_DEFAULT, MEMLANE_DEPTH_MAX,
            MEMLANE_DEPTH_DEFAULT};
}

region_info query_info(int fd, const std::string& path)
{
    memlane_info raw = {};
    if (::ioctl(fd, MEMLANE_IOC_INFO, &raw) != 0) {
        throw_error(errno, "query", "region", path);
    }
    return from_uapi(raw);
}

outcome transfer_once(const job& work, std::uint64_t skip, std::uint64_t length)
{
    memlane_transfer raw = to_uapi(work, skip, length);
    const unsigned long request =
        work.heading == direction::save ? MEMLANE_IOC_SAVE : MEMLANE_IOC_LOAD;
    const int status = ::ioctl(work.memory->fd(), request, &raw);
    return {.done_bytes = raw.done, .errnum = status == 0 ? 0 : errno};
}

int sync(int fd, memory_owner owner, sync_direction direction, std::uint64_t offset,
         std::uint64_t length) noexcept
{
    constexpr std::uint32_t directions[] = {MEMLANE_BIDIRECTIONAL, MEMLANE_TO_DEVICE,
                                            MEMLANE_FROM_DEVICE};
    memlane_sync args = {};
    args.owner = owner == memory_owner::cpu ? MEMLANE_OWNER_CPU : MEMLANE_OWNER_DEVICE;
    args.direction = directions[static_cast<std::size_t>(direction)];
    args.offset = offset;
    args.length = length;
    return ::ioctl(fd, MEMLANE_IOC_SYNC, &args) == 0 ? 0 : errno;
}

} // namespace memlane::detail
