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
    /** @param skip bytes of @p area in front of the source */
    process_source(std::string uri, unique_fd fd, mapping area, std::uint64_t skip)
        : source(std::move(uri), access_mode::read_only,
                 {.fd = std::move(fd), .size_bytes = area.bytes().size() - skip},
                 mapping::view(area.bytes().subspan(static_cast<std::size_t>(skip)))),
          area_(std::move(area))
    {
    }

    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

private:
    mapping area_;
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

/**
 * As a whole, since to some drivers the offset is a name (V4L2, UIO).
 *
 * @return nothing where the file cannot be mapped there, now and by us
 */
mapping map_area(int fd, const vm_area& area)
{
    try {
        return {fd, area.offset, area.end - area.start, access_mode::read_only};
    } catch (const error&) {
        return {};
    }
}

} // namespace

std::unique_ptr<source> open_process(pid_t pid, std::uint64_t address, const vm_area& area)
{
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
        std::error_code gone; // closed since
        if (fs::read_symlink(entry.path(), gone).string() != area.path || gone) {
            continue;
        }
        unique_fd fd = duplicate(pid, std::stoi(entry.path().filename()));
        if (mapping map = map_area(fd.get(), area); !map.bytes().empty()) {
            return std::make_unique<process_source>(fmt::format("pid:{}@{:#x}", pid, address),
                                                    std::move(fd), std::move(map),
                                                    address - area.start);
        }
    }
    return nullptr;
}

} // namespace memlane::detail
