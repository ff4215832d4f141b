// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/pixel.hpp"

#include <bit>
#include <cstring>

namespace memlane {

namespace {

struct named_format {
    pixel_format format;
    std::string_view name;
    pixel_layout layout;
};

constexpr std::array formats = {
    named_format{pixel_format::xrgb8888, "xrgb8888", {32, {16, 8}, {8, 8}, {0, 8}, false}},
    named_format{pixel_format::rgb565, "rgb565", {16, {11, 5}, {5, 6}, {0, 5}, false}},
    named_format{pixel_format::rgb888, "rgb888", {24, {16, 8}, {8, 8}, {0, 8}, false}},
    named_format{pixel_format::gray8, "gray8", {8, {0, 8}, {0, 8}, {0, 8}, true}},
};

constexpr palette make_grays()
{
    palette grays = {};
    for (std::size_t i = 0; i < grays.size(); ++i) {
        const auto level = static_cast<std::uint8_t>(i);
        grays[i] = {level, level, level};
    }
    return grays;
}

constexpr palette grays = make_grays();

/** ITU-R BT.601 in 256ths, what fbdev drivers use for gray screens too. */
constexpr std::uint32_t luminance(rgb colour) noexcept
{
    return (77U * colour.red + 151U * colour.green + 28U * colour.blue) >> 8U;
}

/** 8 bits to a field's width, which may be more. */
constexpr std::uint32_t narrow(std::uint8_t level, bit_field field) noexcept
{
    if (field.length == 0) {
        return 0;
    }
    const std::uint32_t twice = level * 0x101U; // 16 bits, all ones stay all ones
    return (twice >> (16U - field.length)) << field.offset;
}

/**
 * A field to 8 bits: its bits again and again, as far as there is room, which is
 * what most programs do, and makes all ones 255.
 */
constexpr std::uint8_t widen(std::uint32_t pixel, bit_field field) noexcept
{
    if (field.length == 0) {
        return 0;
    }
    const std::uint32_t most = (1U << field.length) - 1U;
    return static_cast<std::uint8_t>(((pixel >> field.offset) & most) * 0xffffU / most >> 8U);
}

constexpr std::uint32_t pack(const pixel_layout& layout, rgb colour) noexcept
{
    if (layout.indexed) {
        return luminance(colour);
    }
    return narrow(colour.red, layout.red) | narrow(colour.green, layout.green) |
           narrow(colour.blue, layout.blue);
}

constexpr rgb unpack(const pixel_layout& layout, std::uint32_t pixel,
                     const palette& indices) noexcept
{
    if (layout.indexed) {
        return indices[pixel % indices.size()];
    }
    return {widen(pixel, layout.red), widen(pixel, layout.green), widen(pixel, layout.blue)};
}

template <std::size_t Bytes>
void store(std::byte* to, std::uint32_t pixel) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        pixel <<= 8U * (4U - Bytes);
    }
    std::memcpy(to, &pixel, Bytes);
}

template <std::size_t Bytes>
std::uint32_t fetch(const std::byte* from) noexcept
{
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, from, Bytes);
    if constexpr (std::endian::native == std::endian::big) {
        pixel >>= 8U * (4U - Bytes);
    }
    return pixel;
}

template <std::size_t Bytes>
void pack_all(const pixel_layout& layout, std::span<const rgb> colours, std::byte* pixels) noexcept
{
    for (const rgb colour : colours) {
        store<Bytes>(pixels, pack(layout, colour));
        pixels += Bytes;
    }
}

template <std::size_t Bytes>
void unpack_all(const pixel_layout& layout, const std::byte* pixels, std::span<rgb> colours,
                const palette& indices) noexcept
{
    for (rgb& colour : colours) {
        colour = unpack(layout, fetch<Bytes>(pixels), indices);
        pixels += Bytes;
    }
}

/** With the layout known to the compiler, the shifts are constants and vectors do. */
constexpr pixel_layout xrgb8888 = formats[0].layout;

} // namespace

std::string_view to_string(pixel_format format) noexcept
{
    return formats[static_cast<std::size_t>(format)].name;
}

std::optional<pixel_format> parse_pixel_format(std::string_view name) noexcept
{
    for (const named_format& known : formats) {
        if (known.name == name) {
            return known.format;
        }
    }
    return std::nullopt;
}

const palette& gray_palette() noexcept
{
    return grays;
}

pixel_layout layout_of(pixel_format format) noexcept
{
    return formats[static_cast<std::size_t>(format)].layout;
}

std::optional<pixel_format> format_of(const pixel_layout& layout) noexcept
{
    for (const named_format& known : formats) {
        if (known.layout == layout) {
            return known.format;
        }
    }
    return std::nullopt;
}

void pack_pixels(const pixel_layout& layout, std::span<const rgb> colours,
                 std::span<std::byte> pixels) noexcept
{
    if (layout == xrgb8888) {
        return pack_all<4>(xrgb8888, colours, pixels.data());
    }
    switch (layout.bytes()) {
    case 1:
        return pack_all<1>(layout, colours, pixels.data());
    case 2:
        return pack_all<2>(layout, colours, pixels.data());
    case 3:
        return pack_all<3>(layout, colours, pixels.data());
    default:
        return pack_all<4>(layout, colours, pixels.data());
    }
}

void unpack_pixels(const pixel_layout& layout, std::span<const std::byte> pixels,
                   std::span<rgb> colours, const palette& indices) noexcept
{
    if (layout == xrgb8888) {
        return unpack_all<4>(xrgb8888, pixels.data(), colours, indices);
    }
    switch (layout.bytes()) {
    case 1:
        return unpack_all<1>(layout, pixels.data(), colours, indices);
    case 2:
        return unpack_all<2>(layout, pixels.data(), colours, indices);
    case 3:
        return unpack_all<3>(layout, pixels.data(), colours, indices);
    default:
        return unpack_all<4>(layout, pixels.data(), colours, indices);
    }
}

} // namespace memlane
