// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The bytes of OUT.index, and the names of a recording's files. Its numbers are
// little-endian; docs/recordings.md describes the format for everybody.
#ifndef MEMLANE_LIB_RECORDING_FORMAT_HPP
#define MEMLANE_LIB_RECORDING_FORMAT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "memlane/frame.hpp"

namespace memlane::detail {

/** What makes a recording this one and no other: random. */
using recording_id = std::array<std::uint8_t, 16>;

/** @return a new one, by getrandom(2). */
[[nodiscard]] recording_id make_recording_id();

/** @return 32 hex digits. */
[[nodiscard]] std::string to_hex(const recording_id& id);

/**
 * The start of OUT.index, 64 bytes:
 *
 *     0  8  "MLINDEX1"
 *     8 16  id
 *    24  8  created, ns of CLOCK_REALTIME
 *    32  4  bytes that frames in OUT.raw begin at multiples of
 *    36  4  slot size: no frame is longer
 *    40  8  size that starts another raw file, or 0
 *    48 12  0
 *    60  4  CRC-32C of the 60 bytes in front
 */
struct index_header {
    recording_id id;
    std::uint64_t created_ns;
    std::uint32_t block_bytes;
    std::uint32_t slot_bytes;
    std::uint64_t rotate_bytes;
};

/**
 * One frame in OUT.index, 48 bytes:
 *
 *     0  8  sequence
 *     8  8  timestamp, ns
 *    16  8  offset in its raw file
 *    24  8  frames dropped in front of it
 *    32  4  length
 *    36  4  flags
 *    40  4  raw file, counted from 0
 *    44  4  CRC-32C of the id and the 44 bytes in front, so that a record of
 *           another recording is none here
 */
struct index_record {
    frame what; // all but the slot
    std::uint32_t file;
    std::uint64_t offset_bytes;
};

inline constexpr std::size_t index_header_bytes = 64;
inline constexpr std::size_t index_record_bytes = 48;

using header_bytes = std::array<std::byte, index_header_bytes>;
using record_bytes = std::array<std::byte, index_record_bytes>;

[[nodiscard]] header_bytes encode(const index_header& header) noexcept;
[[nodiscard]] record_bytes encode(const index_record& record, const recording_id& id) noexcept;

/** @return nothing when they are not what encode() makes. */
[[nodiscard]] std::optional<index_header>
decode_header(std::span<const std::byte, index_header_bytes> bytes) noexcept;
[[nodiscard]] std::optional<index_record>
decode_record(std::span<const std::byte, index_record_bytes> bytes,
              const recording_id& id) noexcept;

/** @return "OUT.raw" for file 0, "OUT.1.raw", "OUT.2.raw"... for the others. */
[[nodiscard]] std::string raw_path(const std::string& base, std::uint32_t file);
[[nodiscard]] std::string index_path(const std::string& base);
[[nodiscard]] std::string json_path(const std::string& base);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDING_FORMAT_HPP
