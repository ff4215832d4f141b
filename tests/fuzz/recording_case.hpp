// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A recording made of bytes that somebody else thought of.
#ifndef MEMLANE_TESTS_FUZZ_RECORDING_CASE_HPP
#define MEMLANE_TESTS_FUZZ_RECORDING_CASE_HPP

#include <cstddef>
#include <span>

namespace fuzz {

/**
 * Lays the files of a recording out of @p input, reads, checks and repairs them.
 *
 *     0  1  bits: 1 give the index's header and records right sums, 2 write a
 *           right JSON instead of that in the input, 4 it says complete, 8
 *           stamp the frames that should have one, 16 look at their bytes,
 *           32 the second half of the raw bytes is another file
 *     1  2  length of OUT.index
 *     3  2  length of OUT.json
 *     5     OUT.index, OUT.json, the raw bytes
 *
 * Whatever it is, checking it throws nothing, and repairing it either changes
 * nothing or leaves a recording without a fault. Anything else ends the process.
 */
void try_recording(std::span<const std::byte> input);

} // namespace fuzz

#endif
