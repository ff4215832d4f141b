// SPDX-License-Identifier: GPL-2.0-or-later
// libFuzzer's entry. 'make fuzz' builds and runs it.
#include <cstddef>
#include <cstdint>
#include <span>

#include "recording_case.hpp"

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::try_recording(std::as_bytes(std::span(data, size)));
    return 0;
}
