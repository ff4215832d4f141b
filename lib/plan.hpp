// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What is decided before a byte moves: the range, the sizes of I/O, the way.
#ifndef MEMLANE_LIB_PLAN_HPP
#define MEMLANE_LIB_PLAN_HPP

#include <string>

#include "job.hpp"
#include "memlane/direct_file.hpp"
#include "memlane/transfer.hpp"

namespace memlane::detail {

/** The range of a transfer, in the memory and in the file. */
struct byte_range {
    std::uint64_t offset;
    std::uint64_t length;
    std::uint64_t file_offset;
};

/**
 * @param action verb, source and target, for errors
 * @param default_length of a transfer without a length, for a given offset
 * @throws error EINVAL when the range is not inside the memory; EOVERFLOW when
 *         it ends where no file can
 */
[[nodiscard]] byte_range resolve_range(const transfer_options& options, const memory& mem,
                                       std::uint64_t default_length, const std::string& action);

struct io_shape {
    std::uint32_t io_bytes;
    std::uint32_t depth;
};

/** @return the options with their defaults. @throws error EINVAL beyond the limits */
[[nodiscard]] io_shape resolve_shape(const transfer_options& options, const memory& mem,
                                     const std::string& action);

/** A way, and why that one. */
struct plan {
    way used;
    std::string reason;
    std::uint64_t alignment; // of the way; 1 for one that needs none
};

/**
 * Chooses the way. The length does not matter: an unaligned tail is handled.
 *
 * @throws error EINVAL when the way asked for cannot be had
 */
[[nodiscard]] plan choose_way(way requested, const memory& mem, const direct_file& file,
                              const byte_range& range, const std::string& action);

/**
 * @return the plan to go on with, if @p moved says that the file, against what
 *         it promised, takes no direct I/O, and the caller left the choice to us
 */
[[nodiscard]] std::optional<plan> plan_after_refusal(way requested, const plan& tried,
                                                     const outcome& moved);

} // namespace memlane::detail

#endif // MEMLANE_LIB_PLAN_HPP
