// SPDX-License-Identifier: GPL-2.0-or-later
#include "animate.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "frame.hpp"
#include "memlane/error.hpp"
#include "schedule.hpp"

namespace memlane::tool {

namespace {

using seconds = std::chrono::duration<double>;

constexpr double usual_rate = 30;

/** @return whether what was drawn for one mode is right for the other */
bool is_alike(const screen_mode& one, const screen_mode& other)
{
    return one.size == other.size && one.layout == other.layout &&
           one.stride_bytes == other.stride_bytes && one.pages == other.pages;
}

/** The pages of a mode, and an animation in them. */
class stage final {
public:
    stage(screen& target, const screen_mode& mode, bool can_flip, const animation_maker& make)
        : target_(target), mode_(mode), flips_(can_flip && mode.pages > 1), content_(make(mode)),
          pages_(flips_ ? mode.pages : 1)
    {
    }

    /** @return whether it still is what the screen shows */
    [[nodiscard]] bool suits(const screen_mode& now) const
    {
        return is_alike(mode_, now) && (flips_ || mode_.offset_bytes == now.offset_bytes);
    }

    void draw(std::uint64_t number, std::uint32_t shown)
    {
        if (!flips_) {
            draw_in(pages_[0], number, mode_.offset_bytes);
            return;
        }
        const std::uint32_t hidden = (shown + 1) % mode_.pages;
        draw_in(pages_[hidden], number, page_offset(mode_, hidden));
        target_.show_page(hidden);
        wait_for_refresh();
    }

private:
    /** A page is drawn as a whole once, which is when it is mapped. */
    using page = std::optional<memory_writer>;

    void draw_in(page& where, std::uint64_t number, std::uint64_t offset_bytes)
    {
        const picture& frame = content_->frame(number);
        if (!where) {
            where = frame_writer(target_, mode_, offset_bytes);
            write_frame(frame, whole(mode_.size), mode_, *where);
            return;
        }
        for (const box& each : content_->moving()) {
            write_frame(frame, each, mode_, *where);
        }
    }

    /** Before that, the page that was shown is still being read. */
    void wait_for_refresh()
    {
        try {
            static_cast<void>(target_.wait_for_refresh());
        } catch (const error& e) {
            // A signal, of which the flag to stop knows.
            if (e.code().value() != EINTR) {
                throw;
            }
        }
    }

    screen& target_;
    screen_mode mode_;
    bool flips_;
    std::unique_ptr<animation> content_;
    std::vector<page> pages_;
};

double rate_of(const screen_mode& mode, const animation_limits& limits)
{
    return limits.frames_per_second.value_or(mode.refresh_hz > 0 ? mode.refresh_hz : usual_rate);
}

bool is_over(const animation_limits& limits, const animation_result& so_far, seconds due)
{
    return (limits.frames && so_far.frames >= *limits.frames) ||
           (limits.elapsed && due >= *limits.elapsed);
}

} // namespace

animation_result animate(screen& target, bool can_flip, const animation_maker& make,
                         const animation_limits& limits, const std::atomic<bool>& stop)
{
    screen_mode mode = target.mode();
    std::optional<stage> scene;
    scene.emplace(target, mode, can_flip, make);
    const schedule plan(rate_of(mode, limits));
    animation_result result;
    for (std::uint64_t next = 0;;) {
        // Behind the last one too: it is shown as long as the others.
        plan.wait_for(next, stop);
        const std::uint64_t due = std::max(next, plan.current());
        if (stop || is_over(limits, result, plan.due(due))) {
            break;
        }
        result.late += due - next;
        mode = target.mode();
        if (!scene->suits(mode)) {
            scene.emplace(target, mode, can_flip, make);
        }
        scene->draw(due, mode.page);
        ++result.frames;
        next = due + 1;
    }
    result.elapsed = plan.elapsed();
    return result;
}

} // namespace memlane::tool
