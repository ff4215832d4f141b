// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_UNIQUE_FD_HPP
#define MEMLANE_UNIQUE_FD_HPP

#include <unistd.h>

#include <utility>

namespace memlane {

/**
 * The one owner of an open file descriptor.
 *
 * Not thread-safe; moved-from objects own nothing.
 */
class unique_fd final {
public:
    unique_fd() noexcept = default;

    /** Takes ownership of @p fd; a negative value means none. */
    explicit unique_fd(int fd) noexcept : fd_(fd) {}

    unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}

    unique_fd& operator=(unique_fd&& other) noexcept
    {
        std::swap(fd_, other.fd_);
        return *this;
    }

    unique_fd(const unique_fd&) = delete;
    unique_fd& operator=(const unique_fd&) = delete;

    /** Closes the descriptor; what close(2) reports is lost, so sync first where it matters. */
    ~unique_fd()
    {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    /** @return the descriptor, still owned here, or -1. */
    [[nodiscard]] int get() const noexcept { return fd_; }

    /** @return the descriptor, now the caller's to close. */
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

} // namespace memlane

#endif // MEMLANE_UNIQUE_FD_HPP
