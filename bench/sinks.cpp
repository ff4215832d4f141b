// SPDX-License-Identifier: GPL-2.0-or-later
#include "sinks.hpp"

#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

namespace {

/// Room for the largest job, and what a disk without memory takes.
constexpr std::uint64_t null_disk_mib = 8192;

std::string mount(const std::string& type)
{
    const std::string disk = type == "xfs" ? "/dev/nvme0n1" : "/dev/vda";
    std::string directory = "/tmp/memlane-bench-" + type;
    guest::must_run("modprobe -a virtio_blk nvme && mkdir -p " + directory);
    guest::must_run(type == "xfs" ? "mkfs.xfs -q -f " + disk : "mkfs.ext4 -q -F " + disk);
    guest::must_run("mount -t " + type + " " + disk + " " + directory);
    return directory;
}

} // namespace

sink::sink(const std::string& name) : name_(name)
{
    if (name == "null_blk" || name == "null_blk_large") {
        disk_ = std::make_unique<guest::null_disk>(
            guest::disk_options{.size_mib = null_disk_mib,
                                .memory_backed = false,
                                .max_sectors = name == "null_blk" ? 0U : 8192U});
        path_ = disk_->path();
    } else if (name == "ext4" || name == "ext4_new" || name == "xfs") {
        directory_ = mount(name.substr(0, name.find('_')));
        path_ = directory_ + "/out";
    } else {
        throw std::runtime_error("no sink '" + name + "'");
    }
}

sink::~sink()
{
    if (!directory_.empty()) {
        guest::sh("umount " + directory_);
    }
}

guest::fd sink::open(std::size_t bytes, bool buffered) const
{
    int flags = O_RDWR | O_CLOEXEC | (buffered ? 0 : O_DIRECT);
    if (sleeps()) {
        flags |= O_CREAT;
    }
    if (is_new_each_time()) {
        ::unlink(path_.c_str());
    }
    guest::fd target(::open(path_.c_str(), flags, 0600));
    if (target < 0) {
        throw std::runtime_error("cannot open " + path_);
    }
    // As 'memlane save' does: ext4 waits for each write that makes a file longer.
    if (sleeps() && ::posix_fallocate(target, 0, static_cast<off_t>(bytes)) != 0) {
        throw std::runtime_error("no space for " + path_);
    }
    return target;
}

} // namespace bench
