// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What of a recording can be kept, and the index that tells of just that.
#ifndef MEMLANE_LIB_RECORDING_SURVEY_HPP
#define MEMLANE_LIB_RECORDING_SURVEY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "index_reader.hpp"
#include "index_writer.hpp"
#include "recorded_bytes.hpp"
#include "recording_rules.hpp"
#include "scan_watch.hpp"

namespace memlane::detail {

/** Walks over a recording and keeps the frames that are whole. */
class recording_survey final {
public:
    /** @param index locked; it and @p options borrowed */
    recording_survey(std::string base, index_reader& index, const index_header& header,
                     const check_options& options);

    /**
     * @throws error EBADMSG or ENOENT when there is no whole frame in a raw file
     *         but in one behind it; EINTR; what keeps the system from reading
     */
    void run();

    [[nodiscard]] const recording_totals& totals() const noexcept { return totals_; }
    [[nodiscard]] std::uint64_t verified() const noexcept { return bytes_.verified(); }

    /** @return records without a whole frame, and places in the index without a record. */
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

    /** @return where the last frame of each raw file ends; of the first one in any case. */
    [[nodiscard]] const std::vector<std::uint64_t>& ends() const noexcept { return ends_; }

    /** @return the index without what is lost, if cutting off its end is not enough. */
    [[nodiscard]] std::optional<index_writer>& rewritten() noexcept { return rewritten_; }

private:
    [[nodiscard]] std::optional<index_record> keepable(std::span<const std::byte> bytes);
    void keep(index_record record);
    void refuse_hole(const index_record& next) const;

    std::string base_;
    index_reader& index_;
    index_header header_;
    record_rules rules_;
    recorded_bytes bytes_;
    scan_watch watch_;
    recording_totals totals_;
    std::uint64_t lost_ = 0;
    std::vector<std::uint64_t> ends_ = {0};
    std::optional<index_writer> rewritten_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDING_SURVEY_HPP
