// SPDX-License-Identifier: GPL-2.0-or-later
#include "floor.hpp"

#include "devices.hpp"
#include "floor/floor.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/ioctl.h>

namespace bench {

runner bio_floor(const job& work)
{
    struct parts {
        guest::loaded_module module{guest::built_module("floor/memlane_floor.ko")};
        guest::fd node{::open("/dev/" MEMLANE_FLOOR_NODE, O_RDWR | O_CLOEXEC)};
    };
    static const parts made; // loaded when it is first asked for
    return [=] {
        memlane_floor_job args = {};
        args.fd = work.target;
        args.depth = work.depth;
        args.io_bytes = work.io_bytes;
        args.bytes = work.bytes;
        if (::ioctl(made.node, MEMLANE_FLOOR_IOC_RUN, &args) != 0) {
            throw std::system_error(errno, std::generic_category(), "floor");
        }
    };
}

} // namespace bench
