// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What recording a ring and recording a framebuffer have in common.
#ifndef MEMLANE_LIB_RECORD_RUN_HPP
#define MEMLANE_LIB_RECORD_RUN_HPP

#include <chrono>
#include <cstdint>
#include <string>

#include "job.hpp"
#include "memlane/record.hpp"
#include "meter.hpp"
#include "plan.hpp"
#include "recording_writer.hpp"
#include "uapi.hpp"

namespace memlane::detail {

/** Says when a recording is at its end, and why. */
class finish_line final {
public:
    explicit finish_line(const record_options& options) : options_(options) {}

    /** @return frames that are still wanted. */
    [[nodiscard]] std::uint64_t frames_left() const noexcept { return frames_left_; }

    void count(std::uint64_t frames) noexcept { frames_left_ -= frames; }

    /** @return how long to wait for a frame before the next look at all this. */
    [[nodiscard]] std::chrono::milliseconds patience() const;

    /** @return whether the time is over, or somebody wants it to end. */
    [[nodiscard]] bool is_called_off() const noexcept;

    /** From here on only so many frames more are wanted: those that are there already. */
    void drain(std::uint64_t frames) noexcept;

    [[nodiscard]] bool is_draining() const noexcept { return draining_; }

    [[nodiscard]] std::chrono::nanoseconds elapsed() const { return clock::now() - start_; }

    /** @return why it ended, in words. */
    [[nodiscard]] std::string reason() const;

private:
    using clock = std::chrono::steady_clock;

    const record_options& options_;
    clock::time_point start_ = clock::now();
    std::uint64_t frames_left_ = options_.frames.value_or(UINT64_MAX);
    bool draining_ = false;
    bool timed_out_ = false;
};

/** Tells the caller about ten times a second how far it is. */
class record_watch final {
public:
    record_watch(const record_options& options, const recording_writer& out, std::string base)
        : options_(options), out_(out), base_(std::move(base))
    {
    }

    /** @return whether it is time to report(). */
    [[nodiscard]] bool is_due() const;

    /** @param waiting frames, of a ring of so many @p slots */
    void report(std::chrono::nanoseconds elapsed, std::uint64_t waiting, std::uint32_t slots);

private:
    using clock = std::chrono::steady_clock;

    const record_options& options_;
    const recording_writer& out_;
    std::string base_;
    clock::time_point last_ = clock::now();
};

/** Writes one run by the way that was chosen. */
[[nodiscard]] outcome write_run(const plan& chosen, const source& memory, std::uint64_t offset,
                                const frame_run& run);

/** Chooses the way to a recording's files. @throws error when there is none */
[[nodiscard]] plan choose_record_way(const source& memory, const recording_writer& out,
                                     const std::string& base);

/** Runs a recorder to its end and finishes the recording. */
template <typename Recorder>
[[nodiscard]] record_result run_to_end(Recorder& recorder, recording_writer& out,
                                       const meter& spent)
{
    record_result result = {.used = recorder.used(), .locked = out.is_locked()};
    result.errnum = recorder.run();
    result.info = out.finish(recorder.reason());
    result.errnum = result.errnum != 0 ? result.errnum : out.errnum();
    result.elapsed = spent.elapsed();
    result.cpu = spent.cpu();
    return result;
}

// One file each.
[[nodiscard]] record_result record_ring(const std::string& name, const std::string& base,
                                        const record_options& options);
[[nodiscard]] record_result record_screen(const std::string& name, const std::string& base,
                                          const record_options& options);

} // namespace memlane::detail

#endif // MEMLANE_LIB_RECORD_RUN_HPP
