// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_file.hpp"

#include <algorithm>
#include <limits>

namespace memlane::detail {

raw_file::raw_file(const std::string& path, std::uint32_t number, std::uint64_t step_bytes,
                   std::uint32_t mode)
    : file_(path, file_use::target, mode), number_(number), step_bytes_(step_bytes)
{
    file_.truncate(0);
}

std::uint64_t raw_file::take(std::uint64_t length_bytes)
{
    const std::uint64_t offset = used_bytes_;
    used_bytes_ += length_bytes;
    if (used_bytes_ > allocated_bytes_) {
        const std::uint64_t more = std::max(step_bytes_, used_bytes_ - allocated_bytes_);
        if (file_.preallocate(allocated_bytes_, more) == 0) {
            allocated_bytes_ += more;
        } else {
            // Space is short: from here on each write finds out how far it gets.
            allocated_bytes_ = std::numeric_limits<std::uint64_t>::max();
        }
    }
    return offset;
}

} // namespace memlane::detail
