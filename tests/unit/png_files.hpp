// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// PNG files of every kind, and what is in one, by libpng alone.
#ifndef MEMLANE_TESTS_UNIT_PNG_FILES_HPP
#define MEMLANE_TESTS_UNIT_PNG_FILES_HPP

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <png.h>

#include <gtest/gtest.h>

#include "picture.hpp"

namespace png_files {

/// A file to write; rows as they are in it.
struct content {
    ::memlane::extent size;
    int depth = 8;
    int type = PNG_COLOR_TYPE_RGB;
    std::vector<std::uint8_t> bytes = {};
    std::size_t row_bytes = 0; ///< 0: all bytes are one row
    int interlace = PNG_INTERLACE_NONE;
    std::vector<png_color> palette = {};
    std::vector<std::uint8_t> palette_alpha = {};
    const png_color_16* transparent = nullptr; ///< the colour that is, if there is one
};

/// Everything before the pixels.
inline void write_head(png_structp png, png_infop info, const content& what)
{
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png, info, what.size.width, what.size.height, what.depth, what.type,
                 what.interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!what.palette.empty()) {
        png_set_PLTE(png, info, what.palette.data(), static_cast<int>(what.palette.size()));
    }
    if (!what.palette_alpha.empty() || what.transparent != nullptr) {
        png_set_tRNS(png, info, what.palette_alpha.data(),
                     static_cast<int>(what.palette_alpha.size()), what.transparent);
    }
    png_write_info(png, info);
}

/// Writes it, or without bytes its head and a piece of nothing. A mistake of the test's aborts.
inline void write(const std::string& path, const content& what)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"),
                                                               std::fclose);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file.get());
    write_head(png, info, what);
    if (!what.bytes.empty()) {
        std::vector<png_bytep> rows;
        for (std::size_t y = 0; y < what.size.height; ++y) {
            rows.push_back(const_cast<png_bytep>(&what.bytes[y * what.row_bytes]));
        }
        png_write_image(png, rows.data());
        png_write_end(png, nullptr);
    } else {
        png_write_chunk(png, reinterpret_cast<png_const_bytep>("IDAT"),
                        reinterpret_cast<png_const_bytep>("x"), 1);
    }
    png_destroy_write_struct(&png, &info);
}

/// @return what libpng's own simple interface finds in a file.
inline ::memlane::tool::picture decode(const std::string& path)
{
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
    EXPECT_EQ(image.format, static_cast<png_uint_32>(PNG_FORMAT_RGB)) << "8 bits, no alpha";
    image.format = PNG_FORMAT_RGB;
    std::vector<::memlane::rgb> pixels(std::size_t{image.width} * image.height);
    EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0)
        << image.message;
    ::memlane::tool::picture found({image.width, image.height});
    for (std::uint32_t y = 0; y < image.height; ++y) {
        std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(y) * image.width, image.width,
                    found.row(y).begin());
    }
    return found;
}

} // namespace png_files

#endif
