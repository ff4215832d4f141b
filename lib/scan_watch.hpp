// SPDX-License-Identifier: LGPL-2.1-or-later
//
// How far a walk over a recording is, for who waits for it.
#ifndef MEMLANE_LIB_SCAN_WATCH_HPP
#define MEMLANE_LIB_SCAN_WATCH_HPP

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "index_reader.hpp"
#include "memlane/error.hpp"
#include "memlane/recording_check.hpp"
#include "recorded_bytes.hpp"

namespace memlane::detail {

/** Counts bytes of the raw files where frames are read, else those of the index. */
class scan_watch final {
public:
    /** @param options borrowed */
    scan_watch(const check_options& options, std::string base, const index_reader& index)
        : options_(options), base_(std::move(base))
    {
        if (options.progress) {
            total_ = options.data ? raw_sizes(base_) : index.size_bytes();
        }
    }

    /**
     * @param last frame that was looked at
     * @throws error EINTR when it shall end
     */
    void step(const index_reader& index, const std::optional<index_record>& last)
    {
        if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
            throw error(EINTR, "check recording " + base_);
        }
        if (!options_.progress) {
            return;
        }
        const std::uint64_t done =
            options_.data ? raw_bytes_to(last) : offset_of_record(index.position());
        options_.progress({transfer_phase::verifying, std::min(done, total_), total_});
    }

private:
    [[nodiscard]] std::uint64_t raw_bytes_to(const std::optional<index_record>& last)
    {
        if (!last) {
            return 0;
        }
        for (; file_ < last->file; ++file_) {
            in_front_ += raw_size(base_, file_).value_or(0);
        }
        return in_front_ + last->offset_bytes + last->what.length_bytes;
    }

    const check_options& options_;
    std::string base_;
    std::uint64_t total_ = 0;
    std::uint32_t file_ = 0; // the one that is read
    std::uint64_t in_front_ = 0;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_SCAN_WATCH_HPP
