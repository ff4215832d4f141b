// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_DIO_LIMITS_HPP
#define MEMLANE_LIB_DIO_LIMITS_HPP

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace memlane::detail {

/** What direct I/O on an open file must be multiples of, in bytes. */
struct dio_limits {
    std::uint32_t memory_bytes; // 0 in both: it does no direct I/O
    std::uint32_t offset_bytes;
    std::string_view origin; // "statx", "block size", "assumed" or why there is none

    /** @return one number, a power of two, that suits both. */
    [[nodiscard]] std::uint32_t common_bytes() const noexcept;
};

/** @return what statx(2) says (STATX_DIOALIGN, Linux 6.1), or the best that is known without. */
[[nodiscard]] dio_limits query_dio_limits(int fd);

} // namespace memlane::detail

#endif // MEMLANE_LIB_DIO_LIMITS_HPP
