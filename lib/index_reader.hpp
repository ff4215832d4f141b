// SPDX-License-Identifier: LGPL-2.1-or-later
//
// OUT.index piece by piece: that of a terabyte may be larger than memory.
#ifndef MEMLANE_LIB_INDEX_READER_HPP
#define MEMLANE_LIB_INDEX_READER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "memlane/mapping.hpp"
#include "memlane/unique_fd.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

class index_reader final {
public:
    /** @throws error as open(2); EBADMSG for what is no regular file */
    explicit index_reader(const std::string& base, access_mode mode = access_mode::read_only);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /** @return nothing when it is damaged. @throws error as pread(2) */
    [[nodiscard]] std::optional<index_header> header() const;

    /** @throws error as fstat(2) */
    [[nodiscard]] std::uint64_t size_bytes() const;

    /** @return how many records fit in it as long as it is now. */
    [[nodiscard]] std::uint64_t records() const;

    /** @return how many records are in front of the next. */
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    void seek(std::uint64_t number) noexcept { position_ = number; }

    /** Goes back to a record, which may be another one by now: it is read anew. */
    void forget(std::uint64_t number) noexcept
    {
        position_ = number;
        buffer_.clear();
    }

    /**
     * @return the bytes of the next record until the next call: fewer than a
     *         record's where the file ends in the middle of one, none at its end
     * @throws error as pread(2)
     */
    [[nodiscard]] std::span<const std::byte> next();

    /** @return whether somebody is recording or repairing it, who has a lock on it then. */
    [[nodiscard]] bool is_in_use() const;

    /** Keeps others off. @throws error EBUSY when is_in_use() */
    void lock();

    /** Leaves @p size_bytes of it, on the device too. @throws error as ftruncate(2) */
    void cut(std::uint64_t size_bytes);

private:
    [[nodiscard]] std::span<const std::byte> buffered() const noexcept;

    std::string path_;
    unique_fd fd_;
    std::uint64_t position_ = 0;
    std::vector<std::byte> buffer_; // as many records as fit, or as there are
    std::uint64_t buffer_start_ = 0;
};

/** @return where record @p number begins in OUT.index. */
[[nodiscard]] constexpr std::uint64_t offset_of_record(std::uint64_t number) noexcept
{
    return index_header_bytes + number * index_record_bytes;
}

} // namespace memlane::detail

#endif // MEMLANE_LIB_INDEX_READER_HPP
