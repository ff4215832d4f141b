// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_DIRECT_FILE_HPP
#define MEMLANE_DIRECT_FILE_HPP

#include <cstdint>
#include <string>

#include "memlane/unique_fd.hpp"

namespace memlane {

enum class file_kind { regular, block_device };

/** What a file is opened for. */
enum class file_use {
    source, /**< reading; must exist */
    target, /**< writing, and reading back; made if it does not exist */
};

/** Permissions of files that are made from memory: what was in it is its owner's. */
inline constexpr std::uint32_t private_mode = 0600;

/**
 * Keeps files out of /dev, where there is no disk below them but memory: who names one
 * that is not there has misspelt a device.
 *
 * @throws error ENODEV when @p path would be a new file in devtmpfs
 */
void refuse_new_device(const std::string& path);

/**
 * A regular file or a block device, opened for direct I/O where it can do that.
 *
 * Opening changes nothing: a target keeps its bytes until they are written or
 * truncate()d. A file that did not exist is removed again by the destructor,
 * unless keep() was called. Not thread-safe.
 */
class direct_file final {
public:
    /**
     * @throws error EINVAL for what is neither a regular file nor a block
     *         device; EISDIR; EBUSY for a target device that is mounted or
     *         held by another driver; ENODEV as refuse_new_device(); those of open(2)
     * @param mode permissions of a file that is made, whatever the umask
     */
    direct_file(std::string path, file_use use, std::uint32_t mode = private_mode);

    direct_file(direct_file&& other) noexcept = default;
    direct_file& operator=(direct_file&& other) = delete;
    direct_file(const direct_file&) = delete;
    direct_file& operator=(const direct_file&) = delete;
    ~direct_file();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] file_kind kind() const noexcept { return kind_; }

    /** @return whether this object made the file. */
    [[nodiscard]] bool created() const noexcept { return created_; }

    /** @return whether the file can do direct I/O at all. */
    [[nodiscard]] bool can_direct() const noexcept { return alignment_bytes_ != 0; }

    /**
     * @return what offsets, lengths and buffers of direct I/O must be
     *         multiples of, in bytes; 0 if the file cannot do it
     */
    [[nodiscard]] std::uint32_t alignment_bytes() const noexcept { return alignment_bytes_; }

    /** @return the size now, in bytes; that of the device for a block device. */
    [[nodiscard]] std::uint64_t size_bytes() const;

    /** @return whether this is a block device that was unplugged since it was opened. */
    [[nodiscard]] bool is_gone() const
    {
        return kind_ == file_kind::block_device && size_bytes() == 0;
    }

    /**
     * Turns O_DIRECT on or off; it is on after construction if can_direct().
     *
     * @throws error EINVAL when the file cannot do it
     */
    void set_direct(bool on);

    /**
     * Cuts or extends a regular file; a block device is left alone.
     *
     * @throws error those of ftruncate(2)
     */
    void truncate(std::uint64_t size_bytes);

    /**
     * Asks the file system for the blocks of a range, so that direct writes to
     * it extend nothing. Makes the file longer if need be.
     *
     * @return 0, or the errno for which it could not be done; it is then as
     *         long as before
     */
    [[nodiscard]] int preallocate(std::uint64_t offset_bytes, std::uint64_t length_bytes);

    /** Waits until the data is on the device. @throws error those of fdatasync(2) */
    void sync();

    /** Lets a file that this object made stay. */
    void keep() noexcept { keep_ = true; }

private:
    void create(std::uint32_t mode);

    std::string path_;
    unique_fd fd_;
    file_kind kind_ = file_kind::regular;
    std::uint32_t alignment_bytes_ = 0;
    bool created_ = false;
    bool keep_ = false;
};

} // namespace memlane

#endif // MEMLANE_DIRECT_FILE_HPP
