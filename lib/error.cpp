// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/error.hpp"

#include <fmt/format.h>

#include <cstring>

#include "memlane/units.hpp"

namespace memlane {

namespace {

std::string compose(int errnum, std::string_view action, std::string_view detail)
{
    const std::string_view separator = detail.empty() ? "" : ": ";
    return fmt::format("{}: {}{}{}", action, describe_errno(errnum), separator, detail);
}

} // namespace

std::string errno_name(int errnum)
{
    const char* const name = ::strerrorname_np(errnum);
    return name != nullptr ? name : std::to_string(errnum);
}

std::string describe_errno(int errnum)
{
    return fmt::format("{} ({})", std::generic_category().message(errnum), errno_name(errnum));
}

error::error(int errnum, std::string_view action, std::string_view detail)
    : error(errnum, compose(errnum, action, detail), nullptr)
{
}

error::error(int errnum, std::string text, std::nullptr_t)
    : std::system_error(errnum, std::generic_category()),
      text_(std::make_shared<const std::string>(std::move(text)))
{
}

transfer_error::transfer_error(int errnum, std::string_view action, std::uint64_t done_bytes,
                               std::uint64_t total_bytes, std::string_view aftermath)
    : error(errnum,
            fmt::format("{}: {} after {} of {}; {}", action, describe_errno(errnum),
                        format_bytes(done_bytes), format_bytes(total_bytes), aftermath),
            nullptr),
      done_bytes_(done_bytes), total_bytes_(total_bytes)
{
}

void throw_error(int errnum, std::string_view verb, std::string_view object, std::string_view path,
                 std::string_view detail)
{
    throw error(errnum, fmt::format("{} {} {}", verb, object, path), detail);
}

} // namespace memlane
