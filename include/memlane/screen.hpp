// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_SCREEN_HPP
#define MEMLANE_SCREEN_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "memlane/geometry.hpp"
#include "memlane/mapping.hpp"
#include "memlane/pixel.hpp"
#include "memlane/source.hpp"

namespace memlane {

/** What a screen shows right now, and how it lies in memory. */
struct screen_mode {
    extent size;
    pixel_layout layout;
    std::uint64_t stride_bytes; /**< from one row to the next */
    std::uint64_t offset_bytes; /**< of the first pixel that is shown, in the memory */
    std::uint32_t pages;        /**< pictures that fit one behind the other, at least 1 */
    std::uint32_t page;         /**< the one that is shown, if it is exactly one; else 0 */
    std::uint32_t refresh_hz;   /**< 0: not known */
    bool blank;                 /**< the driver shows nothing, whatever is in memory; ours tells */

    /** @return bytes of a row's pixels, without what is between it and the next. */
    [[nodiscard]] std::size_t row_bytes() const noexcept { return size.width * layout.bytes(); }

    /** @return bytes from a page's first pixel to behind its last. */
    [[nodiscard]] std::uint64_t page_bytes() const noexcept
    {
        return stride_bytes * (size.height - 1) + row_bytes();
    }

    friend bool operator==(const screen_mode&, const screen_mode&) = default;
};

/**
 * Memory that is a picture: a framebuffer, ours or another driver's, or any
 * source that somebody says has a geometry.
 *
 * As long as it is open a region cannot be destroyed. Not thread-safe; the
 * pixels are as much as memory ever is.
 */
class screen final {
public:
    /**
     * @param uri see open_source(). A region that is a framebuffer, and fb:,
     *        know their own geometry.
     * @param as for memory that has none of its own
     * @throws error EINVAL when @p as is missing, or given for memory that has
     *         its own; ERANGE when @p as needs more than there is; EOPNOTSUPP
     *         for pixels that are no whole bytes; others as open_source()
     */
    explicit screen(std::string_view uri, access_mode mode = access_mode::read_only,
                    const std::optional<geometry>& as = std::nullopt);
    screen(screen&&) noexcept;
    screen& operator=(screen&&) noexcept;
    ~screen();

    [[nodiscard]] const source& memory() const noexcept;

    /** @return what it is now: a driver's may change. @throws error when the driver is gone */
    [[nodiscard]] screen_mode mode() const;

    /**
     * @param mode as mode() returned it
     * @return what indices stand for now
     * @throws error when the driver is gone
     */
    [[nodiscard]] palette colours(const screen_mode& mode) const;

    /**
     * Maps one page's rows, stride_bytes apart. The screen must outlive them.
     *
     * @param mode as mode() returned it
     * @param page below mode.pages
     */
    [[nodiscard]] mapping map_page(const screen_mode& mode, std::uint32_t page) const;

    /** Maps the rows that are shown, be that a whole page or not. */
    [[nodiscard]] mapping map_shown(const screen_mode& mode) const;

    /**
     * Shows a page from now on.
     *
     * @throws error EOPNOTSUPP for memory without a driver; EINVAL when there
     *         is no such page
     */
    void show_page(std::uint32_t page);

    /**
     * Waits until the next refresh begins, at most a second.
     *
     * @return false where there is no driver, or it knows no refresh: nothing
     *         was waited for
     * @throws error EINTR when a signal came
     */
    bool wait_for_refresh();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/**
 * @return the framebuffer's node, "/dev/fb0", of a region that has a geometry;
 *         else nothing
 * @param region a bare name
 */
[[nodiscard]] std::optional<std::string> framebuffer_of(const std::string& region);

} // namespace memlane

#endif // MEMLANE_SCREEN_HPP
