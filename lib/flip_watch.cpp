// SPDX-License-Identifier: LGPL-2.1-or-later
#include "flip_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

#include "memlane/error.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

unique_fd open_attribute(const std::string& region, const char* name)
{
    const std::string path = fmt::format("{}/{}/{}", class_directory, region, name);
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) {
        throw_error(errno, "open", "attribute", path);
    }
    return fd;
}

/** The clock that the driver's timestamps are of. */
std::chrono::nanoseconds monotonic_now()
{
    timespec now = {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

} // namespace

flip_watch::flip_watch(const std::string& region, bool by_flips)
    : region_(region), by_flips_(by_flips), frames_(open_attribute(region, "frames")),
      flip_(open_attribute(region, "flip"))
{
}

std::string flip_watch::read(const unique_fd& attribute) const
{
    std::array<char, 128> text;
    const ssize_t length = ::pread(attribute.get(), text.data(), text.size(), 0);
    if (length < 0) {
        throw_error(errno, "read frames of", "region", region_);
    }
    return {text.data(), static_cast<std::size_t>(length)};
}

shown_frame flip_watch::last() const
{
    // Read first in any case: what comes after it wakes poll(2).
    std::istringstream frames(read(frames_));
    shown_frame shown;
    if (by_flips_) {
        std::istringstream flip(read(flip_));
        std::int64_t time = 0;
        flip >> shown.number >> shown.offset_bytes >> time;
        shown.timestamp = std::chrono::nanoseconds(time);
    } else {
        frames >> shown.number;
        shown.timestamp = monotonic_now();
    }
    return shown;
}

void flip_watch::wait(std::chrono::milliseconds time) const
{
    pollfd event = {.fd = frames_.get(), .events = POLLPRI, .revents = 0};
    static_cast<void>(::poll(&event, 1, static_cast<int>(time.count())));
}

} // namespace memlane::detail
