// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The frames of one raw file, read in large pieces past the page cache.
#ifndef MEMLANE_LIB_RAW_READER_HPP
#define MEMLANE_LIB_RAW_READER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "block.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/mapping.hpp"

namespace memlane::detail {

class raw_reader final {
public:
    /** @throws error as direct_file */
    explicit raw_reader(const std::string& path);

    [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

    /** @return how long the file was when it was opened. */
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

    /**
     * @return the bytes of a frame until the next call; fewer where the file
     *         has become shorter
     * @param pitch_bytes from its start to that of the next one, probably; 0
     *        reads no more than this one
     * @throws error as read(2); ENOMEM when there is no room for it
     */
    [[nodiscard]] std::span<const std::byte> read(std::uint64_t offset, std::size_t length,
                                                  std::uint64_t pitch_bytes);

    /** Reads anew what was read: the file is being written. */
    void forget() noexcept { window_ = {}; }

private:
    void fill(std::uint64_t start, std::uint64_t needed, std::uint64_t pitch);
    [[nodiscard]] std::span<std::byte> room(std::size_t length);

    direct_file file_;
    std::uint64_t size_bytes_;
    mapping large_; // in huge pages, of which a small file shall not take one
    std::optional<aligned_buffer> small_;
    std::span<const std::byte> window_; // what of a buffer is filled
    std::uint64_t window_start_ = 0;    // in the file
};

/** @return the least multiple that is not below @p value; neither is near the end of 64 bits. */
[[nodiscard]] constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) noexcept
{
    return (value + multiple - 1) / multiple * multiple;
}

/** @return whether a frame's bytes end inside a file. No sum overflows. */
[[nodiscard]] constexpr bool is_inside(std::uint64_t offset, std::uint64_t length,
                                       std::uint64_t size) noexcept
{
    return offset <= size && length <= size - offset;
}

} // namespace memlane::detail

#endif // MEMLANE_LIB_RAW_READER_HPP
