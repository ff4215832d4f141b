// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_PIXEL_HPP
#define MEMLANE_PIXEL_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace memlane {

/**
 * How the driver's framebuffers store a pixel. A pixel is a number in the
 * CPU's byte order: on a little-endian machine blue comes first in memory.
 */
enum class pixel_format {
    xrgb8888, /**< 32 bits: 8 unused, red, green, blue */
    rgb565,   /**< 16 bits: 5 of red, 6 of green, 5 of blue */
    rgb888,   /**< 24 bits: red, green, blue, packed */
    gray8,    /**< 8 bits, an index into 256 grays which are 0 to 255 unless changed */
};

/** @return "xrgb8888", "rgb565", "rgb888" or "gray8". */
[[nodiscard]] std::string_view to_string(pixel_format format) noexcept;

/** @return the format so named, or nothing. */
[[nodiscard]] std::optional<pixel_format> parse_pixel_format(std::string_view name) noexcept;

/** A colour; 255 is full. */
struct rgb {
    std::uint8_t red;
    std::uint8_t green;
    std::uint8_t blue;

    friend bool operator==(const rgb&, const rgb&) = default;
};

/** What the indices of an indexed layout stand for. */
using palette = std::array<rgb, 256>;

/** @return 256 grays from black to white. */
[[nodiscard]] const palette& gray_palette() noexcept;

/** The bits of a pixel's number that hold one colour, bit 0 being the least significant. */
struct bit_field {
    unsigned offset;
    unsigned length; /**< 0: there is none; at most 16 */

    friend bool operator==(const bit_field&, const bit_field&) = default;
};

/** Where the colours are in a pixel: any framebuffer's, not only a pixel_format's. */
struct pixel_layout {
    unsigned bits; /**< of a pixel: 8, 16, 24 or 32 */
    bit_field red;
    bit_field green;
    bit_field blue;
    bool indexed; /**< a pixel is an index into a palette instead; 8 bits */

    [[nodiscard]] std::size_t bytes() const noexcept { return bits / 8; }

    friend bool operator==(const pixel_layout&, const pixel_layout&) = default;
};

[[nodiscard]] pixel_layout layout_of(pixel_format format) noexcept;

/** @return the format that stores pixels this way, or nothing. */
[[nodiscard]] std::optional<pixel_format> format_of(const pixel_layout& layout) noexcept;

/**
 * Colours to pixels. Of the palette of an indexed layout nothing is known
 * here: an index is the colour's luminance, as suits gray_palette().
 *
 * @param pixels as many as @p colours, layout.bytes() each; need not be aligned
 */
void pack_pixels(const pixel_layout& layout, std::span<const rgb> colours,
                 std::span<std::byte> pixels) noexcept;

/**
 * Pixels to colours. A field narrower than 8 bits is widened so that all ones
 * become 255.
 *
 * @param colours as many as @p pixels
 * @param indices used for indexed layouts only
 */
void unpack_pixels(const pixel_layout& layout, std::span<const std::byte> pixels,
                   std::span<rgb> colours, const palette& indices = gray_palette()) noexcept;

} // namespace memlane

#endif // MEMLANE_PIXEL_HPP
