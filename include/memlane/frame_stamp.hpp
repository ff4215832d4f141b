// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_FRAME_STAMP_HPP
#define MEMLANE_FRAME_STAMP_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace memlane {

/**
 * Bytes that a stamp takes at the start of a frame:
 *
 *     0  8  "MLFRAME1"
 *     8  8  sequence number of the frame
 *    16  8  XXH3, 64 bits, of all that is behind the stamp
 *    24  4  length of the frame with its stamp
 *    28  4  CRC-32C of the 28 bytes in front
 *
 * Numbers are little-endian.
 */
inline constexpr std::size_t frame_stamp_bytes = 32;

/** What comes of looking at a stamp. */
enum class stamp_verdict {
    good,
    missing, /**< there is no stamp, or a damaged one */
    other,   /**< it is that of another frame: its sequence number or length differs */
    damaged, /**< the bytes behind it are not those that were stamped */
};

/**
 * Puts a stamp at the start of a frame, for all the bytes behind it.
 *
 * @param whole the frame, at least frame_stamp_bytes long
 * @param sequence that the frame will get
 */
void stamp_frame(std::span<std::byte> whole, std::uint64_t sequence) noexcept;

/** @param whole the frame as it was read, of the length that it shall have */
[[nodiscard]] stamp_verdict check_stamp(std::span<const std::byte> whole,
                                        std::uint64_t sequence) noexcept;

} // namespace memlane

#endif // MEMLANE_FRAME_STAMP_HPP
