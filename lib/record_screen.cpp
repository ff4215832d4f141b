// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A framebuffer, one frame a flip.
//
// Who draws does not wait for us: with N pages, what a flip shows is drawn over
// after N - 1 more. A frame that was overtaken while it was written is none; it
// counts as dropped, and the next one is written in its place. With one page
// there is no such moment, and each picture is as it was found.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "flip_watch.hpp"
#include "memlane/error.hpp"
#include "memlane/region.hpp"
#include "memlane/screen.hpp"
#include "record_run.hpp"

namespace memlane::detail {

namespace {

using namespace std::chrono_literals;

recording_setup setup_of(const screen& shown, const screen_mode& mode)
{
    const auto format = format_of(mode.layout);
    if (!format) {
        throw_error(EOPNOTSUPP, "record", "screen", shown.memory().uri(),
                    "its pixels are in none of the formats that recordings have");
    }
    return {
        .source = shown.memory().uri(),
        .slot_bytes = static_cast<std::uint32_t>(mode.stride_bytes * mode.size.height),
        .picture = recorded_picture{.size = mode.size,
                                    .format = *format,
                                    .stride_bytes = static_cast<std::uint32_t>(mode.stride_bytes),
                                    .refresh_hz = mode.refresh_hz},
    };
}

class screen_recorder final {
public:
    screen_recorder(const screen& shown, const screen_mode& mode, const std::string& name,
                    recording_writer& out, const std::string& base, const record_options& options)
        : shown_(shown), mode_(mode), out_(out), way_(choose_record_way(shown.memory(), out, base)),
          flips_(name, mode.pages > 1), goal_(options), watch_(options, out, base)
    {
    }

    /** Records to the end. @return 0, or why it ended early */
    int run()
    {
        last_ = flips_.last().number;
        int errnum = 0;
        try {
            while (goal_.frames_left() != 0 && out_.errnum() == 0 && !goal_.is_called_off()) {
                step();
            }
        } catch (const error& e) {
            errnum = e.code().value();
            reason_ = e.what();
        }
        if (goal_.is_called_off()) {
            goal_.drain(0);
        }
        if (run_ != nullptr) {
            run_->frames.clear(); // a place that nothing came to
            out_.end(*run_, run_->length_bytes, 0);
        }
        return out_.errnum() != 0 ? out_.errnum() : errnum;
    }

    [[nodiscard]] std::string reason() const { return reason_.empty() ? goal_.reason() : reason_; }
    [[nodiscard]] way_kind used() const noexcept { return way_.used->kind(); }

private:
    void step()
    {
        if (watch_.is_due()) {
            watch_.report(goal_.elapsed(), 0, 0);
        }
        const shown_frame now = flips_.last();
        if (now.number != last_) {
            expect_same_mode();
            write(now);
        } else {
            flips_.wait(pause());
        }
    }

    /** @return how long nothing can happen that does not wake us. */
    [[nodiscard]] std::chrono::milliseconds pause() const
    {
        const bool is_woken = mode_.pages > 1 || mode_.refresh_hz == 0;
        const std::chrono::milliseconds most = goal_.patience();
        return is_woken ? most
                        : std::min<std::chrono::milliseconds>(most, 1000ms / mode_.refresh_hz);
    }

    void expect_same_mode() const
    {
        const screen_mode now = shown_.mode();
        if (now.size != mode_.size || now.layout != mode_.layout ||
            now.stride_bytes != mode_.stride_bytes) {
            throw_error(ESTALE, "record", "screen", shown_.memory().uri(), "its mode was changed");
        }
    }

    void write(const shown_frame& now)
    {
        const frame one = {.sequence = now.number - 1,
                           .dropped = recorded_ ? now.number - 1 - *recorded_ : 0,
                           .timestamp = now.timestamp,
                           .length_bytes =
                               static_cast<std::uint32_t>(mode_.stride_bytes * mode_.size.height)};
        if (run_ == nullptr) {
            std::vector<frame> frames = {one};
            run_ = out_.begin(frames);
        }
        if (run_ == nullptr) {
            return;
        }
        run_->frames.front() = one;
        const outcome moved = write_run(way_, shown_.memory(), now.offset_bytes, *run_);
        last_ = now.number;
        if (moved.errnum == 0 && mode_.pages > 1 &&
            flips_.last().number - now.number >= mode_.pages - 1) {
            return; // overtaken
        }
        recorded_ = now.number;
        goal_.count(1);
        out_.end(*run_, moved.done_bytes, moved.errnum);
        run_ = nullptr;
    }

    const screen& shown_;
    const screen_mode mode_;
    recording_writer& out_;
    plan way_;
    flip_watch flips_;
    finish_line goal_;
    record_watch watch_;
    std::uint64_t last_ = 0;                // number of the frame that was seen last
    std::optional<std::uint64_t> recorded_; // and of that which was written last
    frame_run* run_ = nullptr;              // that has a place and nothing in it
    std::string reason_;
};

} // namespace

record_result record_screen(const std::string& name, const std::string& base,
                            const record_options& options)
{
    const screen shown(name, access_mode::read_only);
    const screen_mode mode = shown.mode();
    recording_writer out(base, setup_of(shown, mode), options);
    const meter spent;
    screen_recorder recorder(shown, mode, name, out, base, options);
    return run_to_end(recorder, out, spent);
}

} // namespace memlane::detail
