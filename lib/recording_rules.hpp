// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the records of an index must be one behind the other, and what they add
// up to.
#ifndef MEMLANE_LIB_RECORDING_RULES_HPP
#define MEMLANE_LIB_RECORDING_RULES_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "memlane/recording_info.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

/** How bad it is that a record breaks a rule. */
enum class breach_kind {
    place,    /**< nobody knows where the frame is */
    sequence, /**< it is not behind the frame in front of it */
    gap,      /**< it is, but the count of missing frames is wrong */
};

struct breach {
    breach_kind kind;
    std::string text;
};

/** Looks at records in order. */
class record_rules final {
public:
    explicit record_rules(const index_header& header) : header_(header) {}

    /** @return what is wrong with a record behind those that were taken, if anything is. */
    [[nodiscard]] std::optional<breach> examine(const index_record& next) const;

    /** Goes on from a record. */
    void take(const index_record& next)
    {
        last_ = next;
        skipped_ = false;
    }

    /** Something in front of the next record was lost: the numbers have a gap. */
    void skip() noexcept { skipped_ = true; }

    /** @return the last one that was taken. */
    [[nodiscard]] const std::optional<index_record>& last() const noexcept { return last_; }

private:
    [[nodiscard]] std::optional<breach> examine_place(const index_record& next) const;
    [[nodiscard]] std::optional<breach> examine_sequence(const index_record& next) const;

    index_header header_;
    std::optional<index_record> last_;
    bool skipped_ = false;
};

/** @return what is to be in index_record::what.dropped behind @p last. */
[[nodiscard]] std::uint64_t missing_between(const index_record& last, const index_record& next);

/** Adds a frame that comes behind all in @p totals. */
void add_to(recording_totals& totals, const index_record& next) noexcept;

/** @return as much of OUT.json as the index's header tells. */
[[nodiscard]] recording_info info_of(const index_header& header);

/** @return what the two tell differently about one recording; nothing when they agree. */
[[nodiscard]] std::string difference(const index_header& header, const recording_info& info);

/** @return which totals differ, in words; nothing when none does. */
[[nodiscard]] std::string difference(const recording_totals& index, const recording_totals& json);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDING_RULES_HPP
