// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Whether the bytes that an index tells of are in the raw files.
#ifndef MEMLANE_LIB_RECORDED_BYTES_HPP
#define MEMLANE_LIB_RECORDED_BYTES_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "memlane/recording_check.hpp"
#include "raw_reader.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

/** What is wrong with a frame. */
struct fault {
    finding_kind kind;
    std::string text;
};

class recorded_bytes final {
public:
    /**
     * @param data read frames that have a stamp
     * @param grows they are being written
     */
    recorded_bytes(std::string base, const index_header& header, bool data, bool grows)
        : base_(std::move(base)), block_bytes_(header.block_bytes), data_(data), grows_(grows)
    {
    }

    /**
     * @param which with a place that breaks no rule; best in order
     * @return what is wrong with its bytes, if anything is
     * @throws error what keeps the system from opening a file, but for its absence
     */
    [[nodiscard]] std::optional<fault> examine(const index_record& which);

    /** @return frames whose stamps were right. */
    [[nodiscard]] std::uint64_t verified() const noexcept { return verified_; }

private:
    void open(std::uint32_t file);
    [[nodiscard]] std::optional<fault> examine_stamp(const index_record& which);

    std::string base_;
    std::uint32_t block_bytes_;
    bool data_;
    bool grows_;
    std::optional<std::uint32_t> number_; // of the file that was opened, or could not be
    std::optional<raw_reader> file_;
    std::string absence_; // why there is no file
    std::uint64_t verified_ = 0;
};

/** @return the length of a raw file; nothing when it is no regular file. @throws error as stat(2)
 */
[[nodiscard]] std::optional<std::uint64_t> raw_size(const std::string& base, std::uint32_t file);

/** @return bytes in the raw files of a recording, as many as there are in a row. */
[[nodiscard]] std::uint64_t raw_sizes(const std::string& base);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDED_BYTES_HPP
