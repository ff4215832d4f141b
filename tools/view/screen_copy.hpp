// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_SCREEN_COPY_HPP
#define MEMLANE_TOOLS_VIEW_SCREEN_COPY_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "memlane/mapping.hpp"
#include "view/shared_picture.hpp"
#include "view/watched_screen.hpp"

namespace memlane::tool {

/** Keeps a picture like a screen, by comparing it with what it was. */
class screen_copy final {
public:
    /** @param to must outlive the copy */
    explicit screen_copy(shared_picture& to) noexcept : to_(to) {}

    /**
     * Paints what has changed, in a round of the picture's.
     *
     * Of a screen that has been still for a while only each fourth row is
     * looked at, others each time: what is four rows high is seen at once, a
     * single pixel by the fourth call.
     *
     * @return whether anything has changed
     * @throws error EFAULT when the memory is gone
     */
    bool update(const glimpse& seen);

    /** @return what was seen last; nothing before the first update(). */
    [[nodiscard]] const std::optional<screen_mode>& mode() const noexcept { return mode_; }

private:
    [[nodiscard]] std::span<std::byte> last(std::uint32_t row) const noexcept;
    bool adopt(const glimpse& seen);
    void paint_black();
    void paint_all(const glimpse& seen);
    bool paint_changes(const glimpse& seen);
    void paint_changes_of(std::uint32_t row);
    void paint(std::uint32_t row, std::uint32_t x, std::uint32_t width);
    bool is_row_changed(const glimpse& seen, std::uint32_t row);
    bool is_still(const glimpse& seen);

    shared_picture& to_;
    std::optional<screen_mode> mode_;
    palette colours_ = {};
    mapping last_;                 // the bytes as they were, row by row without padding
    std::vector<std::byte> fresh_; // a row that is being compared
    unsigned still_calls_ = 0;
    std::uint32_t first_row_ = 0; // to be looked at while it is still
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_SCREEN_COPY_HPP
