// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dio_limits.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <bit>

namespace memlane::detail {

namespace {

constexpr std::uint32_t usual_bytes = 4096; // suits nearly every disk and file system

/**
 * From Linux 6.6 on a tmpfs takes O_DIRECT, and copies nevertheless. A device's node lies in one
 * too (devtmpfs), what it leads to does not.
 */
bool is_memory(int fd)
{
    struct stat file = {};
    struct statfs system = {};
    return ::fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && ::fstatfs(fd, &system) == 0 &&
           system.f_type == TMPFS_MAGIC;
}

} // namespace

std::uint32_t dio_limits::common_bytes() const noexcept
{
    const std::uint32_t most = std::max(memory_bytes, offset_bytes);
    return most == 0 ? 0 : std::bit_ceil(most);
}

dio_limits query_dio_limits(int fd)
{
    if (is_memory(fd)) {
        return {0, 0, "the file is memory"};
    }
    struct statx status = {};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) == 0 &&
        (status.stx_mask & STATX_DIOALIGN) != 0) {
        return {status.stx_dio_mem_align, status.stx_dio_offset_align, "statx"};
    }
    int sector = 0;
    if (::ioctl(fd, BLKSSZGET, &sector) == 0) {
        const auto bytes = static_cast<std::uint32_t>(sector);
        return {bytes, bytes, "block size"};
    }
    return {usual_bytes, usual_bytes, "assumed"};
}

} // namespace memlane::detail
