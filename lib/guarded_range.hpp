// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A mapped range of a source that may vanish: what memory_reader and memory_writer share.
#ifndef MEMLANE_LIB_GUARDED_RANGE_HPP
#define MEMLANE_LIB_GUARDED_RANGE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "guarded_copy.hpp"
#include "memlane/source.hpp"

namespace memlane::detail {

/** Takes SIGBUS as long as it exists, see sigbus_scope. */
class guarded_range final {
public:
    /** @param memory must outlive it @throws error as source::map() */
    guarded_range(const source& memory, std::uint64_t offset_bytes, std::uint64_t length_bytes);

    [[nodiscard]] access_kind access() const noexcept { return access_; }

    /** @return bytes that only guarded copies may touch; they must be inside the range. */
    [[nodiscard]] std::span<std::byte> part(std::uint64_t offset_bytes, std::size_t length) const;

    /** As part(). @throws error EINVAL unless they are whole words, aligned in memory */
    [[nodiscard]] std::span<std::byte> words(std::uint64_t offset_bytes, std::size_t length,
                                             unsigned width, std::string_view verb) const;

    /** @throws error EFAULT, with the place and what became of it, unless all was copied */
    void require(std::size_t done, std::size_t wanted, std::string_view verb,
                 std::uint64_t offset_bytes) const;

private:
    const source& memory_;
    std::uint64_t offset_;
    access_kind access_;
    mapping range_;
    sigbus_scope sigbus_ = {};
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_GUARDED_RANGE_HPP
