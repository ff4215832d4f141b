// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_SHARED_PICTURE_HPP
#define MEMLANE_TOOLS_VIEW_SHARED_PICTURE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "memlane/mapping.hpp"
#include "memlane/screen.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane::tool {

/** Pixels from the upper left corner on. */
struct rectangle {
    std::uint32_t x;
    std::uint32_t y;
    std::uint32_t width;
    std::uint32_t height;
};

/**
 * A picture of xrgb8888 that one process paints and its children, forked when
 * it was there already, show. Who paints works in rounds, and each tile
 * remembers the round that changed it last, so that each child finds out for
 * itself what is new to it.
 *
 * Children may see a round half done; they see it again when it is finished.
 */
class shared_picture final {
public:
    /** What changes is told by the tile; low ones, since that is how text and lines move. */
    static constexpr std::uint32_t tile_width = 64;
    static constexpr std::uint32_t tile_height = 16;

    static constexpr std::size_t pixel_bytes = 4;

    /** Black. @throws error as memfd_create(2), mmap(2) */
    explicit shared_picture(extent size);

    [[nodiscard]] extent size() const noexcept { return size_; }

    /** @return the memory's descriptor, which a child needs for follow(). */
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /** @return the pixels, without padding between rows. */
    [[nodiscard]] std::span<std::byte> pixels() const noexcept;

    /** Who paints: the picture has another size from now on, all of it changed. */
    void resize(extent size);

    /** Who paints: the tile with this pixel changes in this round. */
    void touch(std::uint32_t x, std::uint32_t y) noexcept;

    /** Who paints: all tiles change in this round. */
    void touch_all() noexcept;

    /** Who paints: ends the round. */
    void finish_round() noexcept;

    /** A child: @return whether it has another size, and other pixels(), than before the call. */
    bool follow();

    /** A child: @return what has changed since the last call, neighbours in a row as one. */
    [[nodiscard]] std::vector<rectangle> take_changes();

private:
    struct control;

    void map(extent size);
    [[nodiscard]] control& shared() const noexcept;
    [[nodiscard]] std::span<std::uint32_t> stamps() const noexcept;

    unique_fd fd_;
    extent size_ = {};
    mapping memory_;
    std::uint32_t seen_round_ = 0;
    std::uint32_t seen_resize_ = 0;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_SHARED_PICTURE_HPP
