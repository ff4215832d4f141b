// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_INDEX_FILE_HPP
#define MEMLANE_LIB_INDEX_FILE_HPP

#include <cstdint>
#include <span>
#include <string>

#include "memlane/direct_file.hpp"
#include "memlane/unique_fd.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

/**
 * OUT.index as it grows. As long as it is open it is locked (flock(2)), which
 * tells others that the recording goes on.
 */
class index_file final {
public:
    /**
     * Makes and locks the file, which goes again unless keep() is called.
     *
     * @param replace an index that is there, and nobody writes, is emptied
     * @param mode permissions of one that is made
     * @throws error EEXIST when there is one; EBUSY when somebody writes it;
     *         those of open(2)
     */
    index_file(std::string path, bool replace, std::uint32_t mode = private_mode);

    /** @return whether it is locked: not where the file system has no locks. */
    [[nodiscard]] bool is_locked() const noexcept { return locked_; }
    index_file(const index_file&) = delete;
    index_file& operator=(const index_file&) = delete;
    ~index_file();

    /** Writes the header, the first thing in it. @throws error */
    void begin(const index_header& header);

    /**
     * Has room for records on the disk before the frames are written that they
     * are to tell of: a disk that is full holds an index nevertheless.
     *
     * @return 0 or an errno
     */
    [[nodiscard]] int reserve(std::uint64_t records);

    /** Appends records, encoded, and waits until they are on the device. @return 0 or an errno */
    [[nodiscard]] int append(std::span<const std::byte> records);

    /** Gives back what was reserved and not used. */
    void cut() noexcept;

    void keep() noexcept { keep_ = true; }

private:
    std::string path_;
    unique_fd fd_;
    std::uint64_t size_bytes_ = 0;
    std::uint64_t reserved_bytes_ = 0;
    bool locked_ = true;
    bool keep_ = false;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_INDEX_FILE_HPP
