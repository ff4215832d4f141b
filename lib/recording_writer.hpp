// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_RECORDING_WRITER_HPP
#define MEMLANE_LIB_RECORDING_WRITER_HPP

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "index_file.hpp"
#include "memlane/record.hpp"
#include "raw_file.hpp"

namespace memlane::detail {

/** What a recording is going to be. */
struct recording_setup {
    std::string source;
    std::uint32_t slot_bytes; // no frame is longer
    std::optional<recorded_picture> picture;
};

/** Frames that lie one behind the other, on their way to a raw file. */
struct frame_run {
    std::shared_ptr<raw_file> to;
    std::uint64_t offset_bytes = 0;
    std::uint64_t length_bytes = 0; // with what pads each frame
    std::vector<frame> frames;
    bool complete = false;
    bool broken = false; // not all of it arrived: nothing behind it counts
};

/**
 * A recording's files: tells where frames go, and at each sync point gets first
 * their bytes and then what the index says of them onto the disk.
 *
 * Runs are begun one by one in the order of their frames, and end in any order
 * and thread. Whatever happens, the index has all frames up to some point and
 * none behind it.
 */
class recording_writer final {
public:
    /** @throws error see record() */
    recording_writer(std::string base, const recording_setup& setup, const record_options& options);
    recording_writer(const recording_writer&) = delete;
    recording_writer& operator=(const recording_writer&) = delete;
    ~recording_writer();

    /** @return the file that frames go to first, for who has to choose a way before. */
    [[nodiscard]] const direct_file& first_file() const noexcept { return files_.front()->file(); }

    /** @return bytes that a frame takes in a raw file. */
    [[nodiscard]] std::uint64_t padded(const frame& one) const noexcept
    {
        const std::uint64_t block = header_.block_bytes;
        return (one.length_bytes + block - 1) / block * block;
    }

    /**
     * Finds a place for frames that follow one another without a gap in
     * memory, each with its padding.
     *
     * @param frames are the run's afterwards; what is left in their place has
     *        room for others
     * @return it, or nullptr after a failure, with the frames left alone; valid
     *         until it was given to end(), and its frames may be changed until then
     */
    [[nodiscard]] frame_run* begin(std::vector<frame>& frames);

    /** Takes a run back, of which @p done_bytes arrived. @param errnum why not all */
    void end(frame_run& run, std::uint64_t done_bytes, int errnum);

    /** @return whether others can tell that it goes on. */
    [[nodiscard]] bool is_locked() const noexcept { return index_.is_locked(); }

    /** @return 0, or why no more can be written. */
    [[nodiscard]] int errnum() const;

    /** @return what has been written, be it on the disk or not. */
    [[nodiscard]] recording_totals written() const;

    /**
     * Ends the recording, once all runs have ended.
     *
     * @param reason why, unless a failure was first
     * @return what it holds
     * @throws error when it cannot be finished; it can be repaired then
     */
    [[nodiscard]] recording_info finish(const std::string& reason);

private:
    using lock = std::unique_lock<std::mutex>;

    void remove_old() const;
    [[nodiscard]] std::shared_ptr<raw_file> open_file(std::uint32_t number) const;
    [[nodiscard]] std::shared_ptr<raw_file> file_for(std::uint64_t length_bytes);
    [[nodiscard]] std::unique_ptr<frame_run> new_run();
    void fail(int errnum);
    void count_complete();
    void add_to_index(const frame_run& run);
    void keep_syncing();
    [[nodiscard]] int make_durable(std::span<const std::byte> records, std::uint32_t last_file,
                                   const std::deque<std::shared_ptr<raw_file>>& files);
    void end_syncing();
    void cut_files();

    std::string base_;
    record_options options_;
    std::uint64_t step_bytes_; // of disk space, asked for at a time
    index_file index_;         // reserve() under the mutex, append() by the syncer
    index_header header_ = {};
    recording_info info_;

    mutable std::mutex mutex_; // guards all below
    std::condition_variable due_;
    std::deque<std::shared_ptr<raw_file>>
        files_; // whose frames are not all durable; the last grows
    std::deque<std::unique_ptr<frame_run>> runs_; // begun and not counted, in order
    std::vector<std::unique_ptr<frame_run>> spare_runs_;
    std::vector<std::byte> ready_;  // records of the frames that were counted and are not durable
    std::uint64_t ready_bytes_ = 0; // of those frames, padded
    std::uint64_t ready_end_ = 0;   // where the last of them ends in its file
    bool broken_ = false;           // what follows them is not counted
    std::uint64_t begun_records_ = 0;
    recording_totals written_;
    recording_totals durable_;      // what the index tells of
    std::uint64_t durable_end_ = 0; // of that, in the last raw file
    int errnum_ = 0;
    bool finishing_ = false;

    std::thread syncer_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORDING_WRITER_HPP
