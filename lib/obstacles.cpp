// SPDX-License-Identifier: LGPL-2.1-or-later
#include "obstacles.hpp"

#include <fmt/format.h>

namespace memlane::detail {

namespace {

std::string why_not_multiple(std::string_view what, std::uint64_t offset, const direct_file& file)
{
    if (offset % file.alignment_bytes() == 0) {
        return {};
    }
    return fmt::format("the {} {} is no multiple of {}, which direct I/O needs here", what, offset,
                       file.alignment_bytes());
}

} // namespace

std::string why_not_direct(const direct_file& file, const byte_range& range)
{
    if (!file.can_direct()) {
        return "the file cannot do direct I/O";
    }
    return why_not_multiple("file offset", range.file_offset, file);
}

std::string why_not_zero_copy(const direct_file& file, const byte_range& range)
{
    std::string why = why_not_direct(file, range);
    return why.empty() ? why_not_multiple("offset", range.offset, file) : why;
}

} // namespace memlane::detail
