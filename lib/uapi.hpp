// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The one place where the library meets the driver's header.
#ifndef MEMLANE_LIB_UAPI_HPP
#define MEMLANE_LIB_UAPI_HPP

#include <cstdint>

#include "job.hpp"
#include "memlane/region.hpp"

namespace memlane::detail {

inline constexpr const char* node_directory = "/dev/memlane";

/** Limits of job::io_bytes and job::depth, and what 0 selects. */
struct io_limits {
    std::uint32_t io_bytes_max;
    std::uint32_t io_bytes_default;
    std::uint32_t depth_max;
    std::uint32_t depth_default;
};
[[nodiscard]] io_limits limits() noexcept;

/** @throws error ENOTTY when @p fd is not a region */
[[nodiscard]] region_info query_info(int fd, const std::string& path);

/** @return 0 or an errno, of one SYNC. */
[[nodiscard]] int sync(int fd, memory_owner owner, sync_direction direction, std::uint64_t offset,
                       std::uint64_t length) noexcept;

/** Moves @p length bytes of @p work, @p skip bytes into it, by one SAVE or LOAD. */
[[nodiscard]] outcome transfer_once(const job& work, std::uint64_t skip, std::uint64_t length);

} // namespace memlane::detail

#endif // MEMLANE_LIB_UAPI_HPP
