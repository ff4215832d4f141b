// SPDX-License-Identifier: GPL-2.0-or-later
#include "input_file.hpp"

#include <fcntl.h>

namespace memlane::tool {

unique_fd open_input(const std::string& path)
{
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd.get() >= 0) {
        // Reading waits again, for whoever writes it.
        ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
    }
    return fd;
}

} // namespace memlane::tool
