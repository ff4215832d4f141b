// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What every way between memory and a file is given, and gives back.
#ifndef MEMLANE_LIB_JOB_HPP
#define MEMLANE_LIB_JOB_HPP

#include <algorithm>
#include <cstdint>
#include <string>

#include "digest.hpp"
#include "memlane/source.hpp"
#include "memlane/transfer.hpp"

namespace memlane::detail {

enum class direction { save, load };

/** Bytes to move. Offsets and length suit the file's alignment, if it is direct. */
struct job {
    const source* memory; // borrowed
    int file_fd;
    direction heading;
    std::uint64_t offset;
    std::uint64_t length;
    std::uint64_t file_offset;
    std::uint32_t io_bytes; // never 0
    std::uint32_t depth;    // never 0
    digest* sum = nullptr;  // borrowed; for ways that touch the bytes
};

/**
 * How a job went. With errnum 0 and fewer bytes than asked for, the file ended.
 */
struct outcome {
    std::uint64_t done_bytes = 0; // from the start, without a gap
    int errnum = 0;
    std::string note = {}; // what people should know, or nothing

    /** @return @p text, and behind it the note if there is one. */
    [[nodiscard]] std::string with_note(const std::string& text) const
    {
        return note.empty() ? text : text + "; " + note;
    }
};

/** Tells the caller how far a phase is, and whether the caller wants it to end. */
class watch final {
public:
    watch(const transfer_options& options, transfer_phase phase, std::uint64_t total)
        : options_(options), phase_(phase), total_(total)
    {
    }

    [[nodiscard]] bool wants_progress() const noexcept
    {
        return static_cast<bool>(options_.progress);
    }

    [[nodiscard]] bool stopped() const noexcept
    {
        return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    }

    /** @param done bytes; padding may take it beyond the total. */
    void report(std::uint64_t done) const
    {
        if (options_.progress) {
            options_.progress({phase_, std::min(done, total_), total_});
        }
    }

private:
    const transfer_options& options_;
    transfer_phase phase_;
    std::uint64_t total_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_JOB_HPP
