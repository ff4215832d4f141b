// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

namespace fs = std::filesystem;

class process_source final : public source {
public:
    process_source(std::string uri, unique_fd fd, std::uint64_t base, std::uint64_t size)
        : source(std::move(uri), access_mode::read_only,
                 {.fd = std::move(fd), .base_bytes = base, .size_bytes = size})
    {
    }

    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }
};

unique_fd duplicate(pid_t pid, int number)
{
    const unique_fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process.get() < 0) {
        throw_error(errno, "open", "process", std::to_string(pid));
    }
    unique_fd fd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0)));
    if (fd.get() < 0) {
        throw_error(errno, "duplicate", "descriptor", fmt::format("{} of {}", number, pid));
    }
    return fd;
}

/** @return whether the file can be mapped there, now and by us. */
bool maps(int fd, std::uint64_t offset)
{
    try {
        static_cast<void>(mapping(fd, offset, 1, access_mode::read_only));
        return true;
    } catch (const error&) {
        return false;
    }
}

} // namespace

std::unique_ptr<source> open_process(pid_t pid, std::uint64_t address, const vm_area& area)
{
    const std::uint64_t base = area.offset + (address - area.start);
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
        std::error_code gone; // closed since
        if (fs::read_symlink(entry.path(), gone).string() != area.path || gone) {
            continue;
        }
        unique_fd fd = duplicate(pid, std::stoi(entry.path().filename()));
        if (maps(fd.get(), base)) {
            return std::make_unique<process_source>(fmt::format("pid:{}@{:#x}", pid, address),
                                                    std::move(fd), base, area.end - address);
        }
    }
    return nullptr;
}

} // namespace memlane::detail
