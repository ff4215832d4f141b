// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_URI_TEXT_HPP
#define MEMLANE_LIB_URI_TEXT_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace memlane::detail {

/** The text of a source's URI, read from left to right. Borrows what it is made from. */
class uri_text final {
public:
    /**
     * @param position where the scheme ends
     * @param form what people should have written: "phys:ADDR+LEN"
     */
    uri_text(std::string_view uri, std::size_t position, std::string_view form)
        : uri_(uri), position_(position), form_(form)
    {
    }

    [[nodiscard]] std::string uri() const { return std::string(uri_); }

    /** @return all that is left, not empty. @throws error EINVAL, naming @p field */
    std::string rest(std::string_view field);

    /** @return what stands before the next @p mark, not empty; goes on behind it. */
    std::string before(char mark, std::string_view field);

    /** As before(), with the last @p mark there is. */
    std::string before_last(char mark, std::string_view field);

    /** @return whether there is a @p mark in what is left. */
    [[nodiscard]] bool has(char mark) const { return uri_.find(mark, position_) != uri_.npos; }

    /** @return bytes, see parse_bytes(). @throws error EINVAL */
    std::uint64_t bytes_before(char mark, std::string_view field);
    std::uint64_t rest_bytes(std::string_view field);

    /** @throws error EINVAL: what is wrong, and that it was found in what was read last */
    [[noreturn]] void reject(std::string_view why) const;

private:
    std::string take(std::size_t end, std::size_t next, std::string_view field);
    [[nodiscard]] std::uint64_t to_bytes(const std::string& text) const;

    std::string_view uri_;
    std::size_t position_;
    std::string_view form_;
    std::size_t field_start_ = position_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_URI_TEXT_HPP
