// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What is decided before a byte moves: the range, the sizes of I/O, the way.
#ifndef MEMLANE_LIB_PLAN_HPP
#define MEMLANE_LIB_PLAN_HPP

#include <string>

#include "job.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/transfer.hpp"
#include "way_list.hpp"

namespace memlane::detail {

/**
 * @param action verb, source and target, for errors
 * @param default_length of a transfer without a length, for a given offset
 * @throws error EINVAL when the range is not inside the memory; EOVERFLOW when
 *         it ends where no file can
 */
[[nodiscard]] byte_range resolve_range(const transfer_options& options, const source& memory,
                                       std::uint64_t default_length, const std::string& action);

/** @throws error EINVAL when the memory is mapped from that very file */
void require_two_files(const source& memory, const direct_file& file, const std::string& action);

/** @return bytes from @p offset to the end of @p size; 0 behind it. */
[[nodiscard]] constexpr std::uint64_t rest_from(std::uint64_t size, std::uint64_t offset) noexcept
{
    return size - std::min(size, offset);
}

/** Where nothing is copied an I/O needs no buffer: larger ones cost less, for a disk as well. */
inline constexpr std::uint32_t io_bytes_large = 16U << 20U;

struct io_shape {
    std::uint32_t io_bytes;
    std::uint32_t depth;
};

/** @throws error EINVAL where the options are beyond the limits */
void require_shape(const transfer_options& options, const std::string& action);

/** @return the options with their defaults for so many bytes on that way. */
[[nodiscard]] io_shape shape_of(const transfer_options& options, way_kind kind,
                                std::uint64_t length) noexcept;

/** A way, and why that one. */
struct plan {
    const way* used;
    std::string reason;
    std::uint64_t alignment; // of the way; 1 for one that needs none
};

/**
 * Chooses the way. The length does not matter: an unaligned tail is handled.
 *
 * @throws error EINVAL when the way asked for, or any, cannot be had, or would
 *         not see the bytes that a checksum is asked of
 */
[[nodiscard]] plan choose_way(const transfer_options& options, const source& memory,
                              const direct_file& file, const byte_range& range,
                              const std::string& action);

/** @return whether the bytes pass the CPU on that way. */
[[nodiscard]] bool sees_bytes(way_kind kind) noexcept;

/**
 * @return the plan to go on with, if @p moved says that the file, against what
 *         it promised, takes no direct I/O, and the caller left the choice to us
 */
[[nodiscard]] std::optional<plan> plan_after_refusal(way_kind requested, const plan& tried,
                                                     const outcome& moved);

} // namespace memlane::detail

#endif // MEMLANE_LIB_PLAN_HPP
