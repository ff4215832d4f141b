// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uri_text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>

#include "memlane/error.hpp"
#include "memlane/units.hpp"

namespace memlane::detail {

std::string uri_text::rest(std::string_view field)
{
    return take(uri_.size(), uri_.size(), field);
}

std::string uri_text::before(char mark, std::string_view field)
{
    const std::size_t end = uri_.find(mark, position_);
    if (end == std::string_view::npos) {
        field_start_ = uri_.size();
        reject(fmt::format("'{}' is missing behind {}", mark, field));
    }
    return take(end, end + 1, field);
}

std::string uri_text::before_last(char mark, std::string_view field)
{
    const std::size_t end = uri_.rfind(mark);
    if (end == std::string_view::npos || end < position_) {
        field_start_ = uri_.size();
        reject(fmt::format("'{}' is missing behind {}", mark, field));
    }
    return take(end, end + 1, field);
}

std::uint64_t uri_text::bytes_before(char mark, std::string_view field)
{
    return to_bytes(before(mark, field));
}

std::uint64_t uri_text::rest_bytes(std::string_view field)
{
    return to_bytes(rest(field));
}

void uri_text::reject(std::string_view why) const
{
    throw_error(EINVAL, "parse", "source", uri_,
                fmt::format("at character {}: {}; the form is {}", field_start_ + 1, why, form_));
}

std::string uri_text::take(std::size_t end, std::size_t next, std::string_view field)
{
    field_start_ = position_;
    if (end <= position_) {
        reject(fmt::format("{} is missing", field));
    }
    std::string text(uri_.substr(position_, end - position_));
    position_ = next;
    return text;
}

std::uint64_t uri_text::to_bytes(const std::string& text) const
{
    try {
        return parse_bytes(text);
    } catch (const std::invalid_argument& e) {
        reject(e.what());
    }
}

} // namespace memlane::detail
