// SPDX-License-Identifier: GPL-2.0-or-later
/// SAVE and LOAD as a test calls them.
#ifndef MEMLANE_TESTS_TRANSFERS_HPP
#define MEMLANE_TESTS_TRANSFERS_HPP

#include "guest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace guest {

struct transfer_result {
    int error; ///< an errno, or 0
    std::uint64_t done;
};

inline transfer_result transfer(int node, unsigned long request, memlane_transfer args)
{
    const int error = ::ioctl(node, request, &args) < 0 ? errno : 0;
    return {error, args.done};
}

/// The first @p length bytes of a region, to or from the beginning of a file.
inline memlane_transfer first_bytes(int target, std::uint64_t length)
{
    memlane_transfer args = {};
    args.fd = target;
    args.length = length;
    return args;
}

inline fd open_direct(const std::string& path, int flags = O_RDWR | O_CREAT)
{
    return fd(::open(path.c_str(), flags | O_DIRECT | O_CLOEXEC, 0600));
}

/// What stands in a file that is open with O_DIRECT; shorter if that is.
inline std::vector<unsigned char> content(int target, std::uint64_t count, off_t offset = 0)
{
    const auto length = static_cast<std::size_t>(count);
    const buffer bytes(length);
    const ssize_t got = ::pread(target, bytes.data(), length, offset);
    return {bytes.data(), bytes.data() + std::max<ssize_t>(got, 0)};
}

} // namespace guest

#endif
