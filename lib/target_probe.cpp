// SPDX-License-Identifier: LGPL-2.1-or-later
#include "target_probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "dio_limits.hpp"
#include "memlane/error.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

namespace fs = std::filesystem;

std::string directory_of(const std::string& target)
{
    std::error_code failure;
    if (fs::is_directory(target, failure)) {
        return target;
    }
    if (failure && failure != std::errc::no_such_file_or_directory) {
        throw_error(failure.value(), "examine", "target", target);
    }
    const std::string parent = fs::path(target).parent_path().string();
    return parent.empty() ? "." : parent;
}

/** Some file systems have no O_TMPFILE; there a name stands for a moment. */
unique_fd make_nameless(const std::string& directory)
{
    constexpr mode_t mode = 0600;
    unique_fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
    if (fd.get() < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        std::string name = directory + "/.memlane.XXXXXX";
        fd = unique_fd(::mkostemp(name.data(), O_CLOEXEC));
        if (fd.get() >= 0) {
            ::unlink(name.c_str());
        }
    }
    if (fd.get() < 0) {
        throw_error(errno, "make a file without a name in", "directory", directory);
    }
    return fd;
}

/** @return nothing for a block device, on which nothing is tried that changes it. */
unique_fd open_nameless(const std::string& target)
{
    struct stat status = {};
    if (::stat(target.c_str(), &status) == 0 && S_ISBLK(status.st_mode)) {
        return {};
    }
    return make_nameless(directory_of(target));
}

direct_file open_file(const std::string& target, const unique_fd& nameless)
{
    if (nameless.get() < 0) {
        return {target, file_use::source};
    }
    return {fmt::format("/proc/self/fd/{}", nameless.get()), file_use::target};
}

struct mount {
    std::string type;
    std::string device;
};

/** Format: proc_pid_mountinfo(5). */
mount find_mount(int fd)
{
    struct statx status = {};
    ::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status);
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        const std::size_t separator = line.find(" - ");
        if (separator == std::string::npos || std::stoull(line) != status.stx_mnt_id) {
            continue;
        }
        mount found;
        std::istringstream(line.substr(separator + 3)) >> found.type >> found.device;
        return found;
    }
    return {"unknown", ""};
}

/** @return the largest request of the disk below, 0 if there is none to ask. */
std::uint64_t request_bytes_max(int fd)
{
    struct stat status = {};
    ::fstat(fd, &status);
    const dev_t device = S_ISBLK(status.st_mode) ? status.st_rdev : status.st_dev;
    const std::string base =
        fmt::format("/sys/dev/block/{}:{}/", gnu_dev_major(device), gnu_dev_minor(device));
    for (const char* queue : {"queue/", "../queue/"}) { // a partition's is its disk's
        if (const auto kib = read_optional_number(base + queue + "max_sectors_kb")) {
            return *kib * 1024;
        }
    }
    return 0;
}

target_facts find_facts(const std::string& target, const direct_file& file, bool is_device)
{
    const dio_limits limits = query_dio_limits(file.fd());
    target_facts facts = {.path = target,
                          .file_system = "block device",
                          .device = target,
                          .direct = file.can_direct(),
                          .offset_alignment_bytes = limits.offset_bytes,
                          .memory_alignment_bytes = limits.memory_bytes,
                          .alignment_origin = std::string(limits.origin),
                          .request_bytes_max = request_bytes_max(file.fd())};
    if (!is_device) {
        const mount where = find_mount(file.fd());
        facts.file_system = where.type;
        facts.device = where.device;
    }
    return facts;
}

} // namespace

target_probe::target_probe(const std::string& target) : target_probe(target, open_nameless(target))
{
}

target_probe::target_probe(const std::string& target, unique_fd nameless)
    : nameless_(std::move(nameless)), file_(open_file(target, nameless_)),
      facts_(find_facts(target, file_, nameless_.get() < 0))
{
}

} // namespace memlane::detail
