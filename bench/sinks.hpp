// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Where the bytes of a measurement end, in the guest of bench/guest.sh.
#ifndef MEMLANE_BENCH_SINKS_HPP
#define MEMLANE_BENCH_SINKS_HPP

#include "guest.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace bench {

/// A disk that costs nothing, or a file on a disk.
class sink {
public:
    /// @param name one of
    ///     "null_blk"        as Debian loads it, requests of at most 127 KiB
    ///     "null_blk_large"  the same with max_sectors=8192
    ///     "ext4"            a file on /dev/vda, of a virtio disk, written over
    ///     "ext4_new"        the same, a new one each time, its room reserved
    ///     "xfs"             a file on /dev/nvme0n1, written over
    /// The disk's content is lost. @throws std::runtime_error if there is no such disk
    explicit sink(const std::string& name);
    sink(const sink&) = delete;
    sink& operator=(const sink&) = delete;
    ~sink();

    [[nodiscard]] const std::string& name() const { return name_; }
    /// @return whether it makes whoever writes to it wait
    [[nodiscard]] bool sleeps() const { return !directory_.empty(); }

    [[nodiscard]] bool is_new_each_time() const { return name_.ends_with("_new"); }

    /// Opens it for runs of @p bytes; where it is new each time, for one.
    /// @throws std::runtime_error
    [[nodiscard]] guest::fd open(std::size_t bytes, bool buffered) const;

private:
    std::string name_;
    std::unique_ptr<guest::null_disk> disk_;
    std::string directory_; ///< where the file system is mounted
    std::string path_;
};

} // namespace bench

#endif
