// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Findings as they come: those that repeat are one, and there is an end to them.
#ifndef MEMLANE_LIB_FINDING_LIST_HPP
#define MEMLANE_LIB_FINDING_LIST_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "memlane/recording_check.hpp"

namespace memlane::detail {

class finding_list final {
public:
    /** @param result what to add them to, borrowed */
    finding_list(check_result& result, std::size_t most) : result_(result), most_(most) {}

    /** Of a file as a whole. */
    void add(finding_kind kind, const std::string& path, std::string text);

    /** Of a record; joins the one in front of it if that had the same. */
    void add(finding_kind kind, const std::string& path, std::uint64_t record,
             std::optional<std::uint64_t> sequence, std::string text);

private:
    void list(finding&& next);

    check_result& result_;
    std::size_t most_;
    // The last of a record; its path, which may not have been listed.
    std::optional<finding> last_;
    bool last_is_listed_ = false;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_FINDING_LIST_HPP
