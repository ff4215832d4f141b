// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_PROBE_PIPE_HPP
#define MEMLANE_LIB_PROBE_PIPE_HPP

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "memlane/unique_fd.hpp"

namespace memlane::detail {

/** A pipe that nobody reads, for trying what may go into one. Does not block. */
class probe_pipe final {
public:
    probe_pipe()
    {
        std::array<int, 2> ends = {-1, -1};
        errnum_ = ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : errno;
        out_ = unique_fd(ends[0]);
        in_ = unique_fd(ends[1]);
    }

    /** @return 0, or the errno for which there is none. */
    [[nodiscard]] int errnum() const noexcept { return errnum_; }

    /** @return the end to write to. */
    [[nodiscard]] int in() const noexcept { return in_.get(); }

private:
    int errnum_;
    unique_fd out_;
    unique_fd in_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_PROBE_PIPE_HPP
