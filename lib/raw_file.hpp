// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_RAW_FILE_HPP
#define MEMLANE_LIB_RAW_FILE_HPP

#include <cstdint>
#include <string>

#include "memlane/direct_file.hpp"

namespace memlane::detail {

/**
 * One of a recording's files of frames, as it grows. Its disk space is asked
 * for ahead, since a direct write that extends a file is waited for by others.
 */
class raw_file final {
public:
    /**
     * Makes the file, which goes again unless keep() is called.
     *
     * @param number 0 for OUT.raw, N for OUT.N.raw
     * @param step_bytes disk space that is asked for at a time
     * @param mode see direct_file
     * @throws error see direct_file
     */
    raw_file(const std::string& path, std::uint32_t number, std::uint64_t step_bytes,
             std::uint32_t mode = private_mode);

    [[nodiscard]] const direct_file& file() const noexcept { return file_; }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

    /** @return bytes that were given away by take(). */
    [[nodiscard]] std::uint64_t used_bytes() const noexcept { return used_bytes_; }

    /** @return the offset of the next @p length_bytes, which are the caller's to write. */
    [[nodiscard]] std::uint64_t take(std::uint64_t length_bytes);

    /** Cuts it, or makes it longer. @return whether it had another size. @throws error */
    bool cut(std::uint64_t size_bytes)
    {
        const bool differs = file_.size_bytes() != size_bytes;
        file_.truncate(size_bytes);
        return differs;
    }

    /** @throws error those of fdatasync(2) */
    void sync() { file_.sync(); }

    void keep() noexcept { file_.keep(); }

private:
    direct_file file_;
    std::uint32_t number_;
    std::uint64_t step_bytes_;
    std::uint64_t used_bytes_ = 0;
    std::uint64_t allocated_bytes_ = 0;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_RAW_FILE_HPP
