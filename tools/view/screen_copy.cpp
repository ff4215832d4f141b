// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/screen_copy.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace memlane::tool {

namespace {

/** As many calls without a change, and a screen counts as still. */
constexpr unsigned still_after = 15;

/** Of a still screen, one row in so many is looked at. */
constexpr std::uint32_t interleave = looks_after_change;

constexpr std::uint32_t tile_width = shared_picture::tile_width;

const pixel_layout xrgb8888 = layout_of(pixel_format::xrgb8888);

/** @return whether pixels of the one are painted as those of the other. */
bool look_alike(const screen_mode& one, const screen_mode& other)
{
    return one.size == other.size && one.layout == other.layout && one.blank == other.blank;
}

/** @param to as many pixels of xrgb8888, at most a tile's width */
void convert(const pixel_layout& layout, std::span<const std::byte> from, std::span<std::byte> to,
             const palette& colours)
{
    if (layout == xrgb8888) {
        std::memcpy(to.data(), from.data(), from.size());
        return;
    }
    std::array<rgb, tile_width> row;
    const auto pixels = std::span(row).first(from.size() / layout.bytes());
    unpack_pixels(layout, from, pixels, colours);
    pack_pixels(xrgb8888, pixels, to);
}

} // namespace

bool screen_copy::update(const glimpse& seen)
{
    if (adopt(seen)) {
        mode_->blank ? paint_black() : paint_all(seen);
        to_.touch_all();
        still_calls_ = 0;
    } else if (mode_->blank || is_still(seen) || !paint_changes(seen)) {
        ++still_calls_;
        return false;
    }
    to_.finish_round();
    return true;
}

/** @return whether what is painted is worth nothing any more */
bool screen_copy::adopt(const glimpse& seen)
{
    const bool is_same = mode_ && look_alike(*mode_, seen.mode) &&
                         (!seen.mode.layout.indexed || colours_ == seen.colours);
    mode_ = seen.mode;
    colours_ = seen.colours;
    if (is_same) {
        return false;
    }
    if (to_.size() != mode_->size) {
        to_.resize(mode_->size);
    }
    last_ = mapping::anonymous(mode_->row_bytes() * mode_->size.height);
    // Of no use to children, and copied at each write if they had it too.
    ::madvise(last_.bytes().data(), last_.bytes().size(), MADV_DONTFORK);
    fresh_.resize(mode_->row_bytes());
    return true;
}

std::span<std::byte> screen_copy::last(std::uint32_t row) const noexcept
{
    return last_.bytes().subspan(row * mode_->row_bytes(), mode_->row_bytes());
}

void screen_copy::paint_black()
{
    std::ranges::fill(to_.pixels(), std::byte{0});
}

void screen_copy::paint_all(const glimpse& seen)
{
    for (std::uint32_t row = 0; row < mode_->size.height; ++row) {
        seen.pixels.read(row * mode_->stride_bytes, last(row));
        for (std::uint32_t x = 0; x < mode_->size.width; x += tile_width) {
            paint(row, x, std::min(tile_width, mode_->size.width - x));
        }
    }
}

bool screen_copy::paint_changes(const glimpse& seen)
{
    bool changed = false;
    for (std::uint32_t row = 0; row < mode_->size.height; ++row) {
        if (is_row_changed(seen, row)) {
            changed = true;
            paint_changes_of(row);
        }
    }
    if (changed) {
        still_calls_ = 0;
    }
    return changed;
}

/** Takes what is fresh in a row over, tile by tile. */
void screen_copy::paint_changes_of(std::uint32_t row)
{
    const std::size_t pixel = mode_->layout.bytes();
    for (std::uint32_t x = 0; x < mode_->size.width; x += tile_width) {
        const std::uint32_t width = std::min(tile_width, mode_->size.width - x);
        const auto was = last(row).subspan(x * pixel, width * pixel);
        if (std::memcmp(was.data(), &fresh_[x * pixel], was.size()) != 0) {
            std::memcpy(was.data(), &fresh_[x * pixel], was.size());
            paint(row, x, width);
            to_.touch(x, row);
        }
    }
}

void screen_copy::paint(std::uint32_t row, std::uint32_t x, std::uint32_t width)
{
    const std::size_t pixel = mode_->layout.bytes();
    const std::size_t start = std::size_t{row} * mode_->size.width + x;
    convert(mode_->layout, last(row).subspan(x * pixel, width * pixel),
            to_.pixels().subspan(start * shared_picture::pixel_bytes,
                                 width * shared_picture::pixel_bytes),
            colours_);
}

bool screen_copy::is_row_changed(const glimpse& seen, std::uint32_t row)
{
    seen.pixels.read(row * mode_->stride_bytes, fresh_);
    return std::memcmp(fresh_.data(), last(row).data(), fresh_.size()) != 0;
}

/**
 * Comparing all of a 1080p screen takes 16 MiB through the caches, which 30
 * times a second is some 4 % of a core; of a picture that stands still a
 * fourth of it will do.
 */
bool screen_copy::is_still(const glimpse& seen)
{
    if (seen.is_news || still_calls_ < still_after) {
        return false;
    }
    first_row_ = (first_row_ + 1) % interleave;
    for (std::uint32_t row = first_row_; row < mode_->size.height; row += interleave) {
        if (is_row_changed(seen, row)) {
            return false;
        }
    }
    return true;
}

} // namespace memlane::tool
