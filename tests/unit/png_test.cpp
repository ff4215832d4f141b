// SPDX-License-Identifier: GPL-2.0-or-later
// Reading every kind of PNG, and what is none; writing one.
#include "png.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits.hpp"
#include "memlane/error.hpp"
#include "patterns.hpp"
#include "png_files.hpp"
#include "scratch_dir.hpp"

namespace memlane::tool {

/// For messages of failed tests.
static void PrintTo(const picture& which, std::ostream* out)
{
    *out << which.size().width << 'x' << which.size().height << " pixels";
}

namespace {

namespace fs = std::filesystem;

using png_files::content;
using testing::HasSubstr;

class Png : public testing::Test {
protected:
    /// @return the file's picture, after it was written with libpng.
    picture read(const content& what) const
    {
        png_files::write(path_, what);
        return read_png(path_);
    }

    /// @return the errno with which reading a file fails, or 0; @p text gets its words.
    static int failure_of(const std::string& path, std::string* text = nullptr)
    {
        try {
            static_cast<void>(read_png(path));
            return 0;
        } catch (const error& e) {
            EXPECT_THAT(e.what(), HasSubstr(path));
            if (text != nullptr) {
                *text = e.what();
            }
            return e.code().value();
        }
    }

    [[nodiscard]] std::string bytes() const
    {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void put(const std::string& text) const
    {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
    }

    guest::scratch_dir folder_;
    std::string path_ = folder_.file("in.png");
};

/// @return colours of which no two neighbours are the same.
picture colourful(extent size)
{
    return make_pattern(pattern_kind::noise, {.size = size, .label = {}, .text = {}})->frame(1);
}

std::vector<std::uint8_t> bytes_of(const picture& from)
{
    std::vector<std::uint8_t> bytes;
    for (std::uint32_t y = 0; y < from.size().height; ++y) {
        for (const rgb each : from.row(y)) {
            bytes.insert(bytes.end(), {each.red, each.green, each.blue});
        }
    }
    return bytes;
}

std::vector<rgb> row(const picture& from, std::uint32_t y = 0)
{
    return {from.row(y).begin(), from.row(y).end()};
}

TEST_F(Png, what_is_written_is_what_libpng_and_we_read)
{
    for (const extent size : {extent{1, 1}, extent{7, 5}, extent{640, 3}, extent{3, 400}}) {
        const picture written = colourful(size);
        write_png(written, path_);
        EXPECT_EQ(png_files::decode(path_), written);
        EXPECT_EQ(read_png(path_), written);
    }
}

TEST_F(Png, gray_of_any_depth_becomes_rgb)
{
    const auto gray = [](std::uint8_t level) { return rgb{level, level, level}; };
    const auto of_depth = [&](std::uint32_t width, int depth, std::vector<std::uint8_t> bytes) {
        return row(read({.size = {width, 1},
                         .depth = depth,
                         .type = PNG_COLOR_TYPE_GRAY,
                         .bytes = std::move(bytes)}));
    };
    EXPECT_EQ(of_depth(3, 1, {0b10100000}), (std::vector{gray(255), gray(0), gray(255)}));
    EXPECT_EQ(of_depth(4, 2, {0b00011011}), (std::vector{gray(0), gray(85), gray(170), gray(255)}));
    EXPECT_EQ(of_depth(2, 4, {0x5f}), (std::vector{gray(85), gray(255)}));
    EXPECT_EQ(of_depth(2, 8, {7, 200}), (std::vector{gray(7), gray(200)}));
    EXPECT_EQ(of_depth(2, 16, {0xff, 0xff, 0x80, 0x00}), (std::vector{gray(255), gray(128)}));
}

TEST_F(Png, sixteen_bits_are_rounded_not_cut)
{
    const picture read_back =
        read({.size = {2, 1},
              .depth = 16,
              .bytes = {0, 0xff, 0, 0x7f, 0xff, 0xff, 0x12, 0x34, 0, 0, 0, 1}});
    EXPECT_EQ(row(read_back), (std::vector<rgb>{{1, 0, 255}, {18, 0, 0}}));
}

TEST_F(Png, palettes_are_looked_up)
{
    const picture read_back = read({.size = {4, 1},
                                    .depth = 2,
                                    .type = PNG_COLOR_TYPE_PALETTE,
                                    .bytes = {0b11001001},
                                    .palette = {{1, 2, 3}, {4, 5, 6}, {70, 80, 90}, {255, 0, 9}}});
    EXPECT_EQ(row(read_back), (std::vector<rgb>{{255, 0, 9}, {1, 2, 3}, {70, 80, 90}, {4, 5, 6}}));
}

TEST_F(Png, interlaced_ones_are_read_like_others)
{
    const picture whole = colourful({17, 13});
    const content what = {.size = whole.size(),
                          .bytes = bytes_of(whole),
                          .row_bytes = std::size_t{17} * 3,
                          .interlace = PNG_INTERLACE_ADAM7};
    EXPECT_EQ(read(what), whole);
}

TEST_F(Png, alpha_is_composited_on_black)
{
    const picture colours = read({.size = {3, 1},
                                  .type = PNG_COLOR_TYPE_RGB_ALPHA,
                                  .bytes = {200, 100, 50, 128, 200, 100, 50, 0, 9, 8, 7, 255}});
    EXPECT_EQ(row(colours), (std::vector<rgb>{{100, 50, 25}, {0, 0, 0}, {9, 8, 7}}));
    const picture grays =
        read({.size = {2, 1}, .type = PNG_COLOR_TYPE_GRAY_ALPHA, .bytes = {255, 51, 80, 255}});
    EXPECT_EQ(row(grays), (std::vector<rgb>{{51, 51, 51}, {80, 80, 80}}));
}

TEST_F(Png, what_is_transparent_without_an_alpha_channel_is_black_too)
{
    const png_color_16 key = {.index = 0, .red = 10, .green = 20, .blue = 30, .gray = 0};
    const picture keyed =
        read({.size = {2, 1}, .bytes = {10, 20, 30, 10, 20, 31}, .transparent = &key});
    EXPECT_EQ(row(keyed), (std::vector<rgb>{{0, 0, 0}, {10, 20, 31}}));
    const picture indexed = read({.size = {2, 1},
                                  .type = PNG_COLOR_TYPE_PALETTE,
                                  .bytes = {0, 1},
                                  .palette = {{255, 255, 255}, {255, 255, 255}},
                                  .palette_alpha = {127}});
    EXPECT_EQ(row(indexed), (std::vector<rgb>{{127, 127, 127}, {255, 255, 255}}));
}

TEST_F(Png, one_that_ends_early_anywhere_is_damaged)
{
    write_png(colourful({9, 6}), path_);
    const std::string all = bytes();
    for (std::size_t length = 1; length < all.size(); ++length) {
        put(all.substr(0, length));
        EXPECT_EQ(failure_of(path_), EBADMSG) << length;
    }
}

TEST_F(Png, a_wrong_byte_in_the_pixels_is_damage_with_a_reason)
{
    write_png(colourful({9, 6}), path_);
    std::string all = bytes();
    all[all.find("IDAT") + 20] ^= 1;
    put(all);
    std::string text;
    EXPECT_EQ(failure_of(path_, &text), EBADMSG);
    EXPECT_THAT(text, HasSubstr("the PNG is damaged: IDAT: "));
}

TEST_F(Png, what_is_no_png_is_said_to_be_none)
{
    for (const char* text : {"", "GIF89a", "\x89PNH\r\n\x1a\n and more", "P6 1 1 255 abc"}) {
        put(text);
        std::string words;
        EXPECT_EQ(failure_of(path_, &words), EINVAL);
        EXPECT_THAT(words, HasSubstr("it is no PNG"));
    }
}

TEST_F(Png, what_cannot_be_read_is_told_with_its_errno)
{
    EXPECT_EQ(failure_of(folder_.file("nothing.png")), ENOENT);
    EXPECT_EQ(failure_of(folder_.file("")), EISDIR);
}

TEST_F(Png, absurd_sizes_are_refused_by_their_header_alone)
{
    std::string text;
    png_files::write(path_, {.size = {65536, 1}});
    EXPECT_EQ(failure_of(path_, &text), EFBIG);
    EXPECT_THAT(text, HasSubstr("it is 65536x1, more than 65535 a side"));
    png_files::write(path_, {.size = {1, 2'000'000'000}});
    EXPECT_EQ(failure_of(path_), EFBIG);
    png_files::write(path_, {.size = {65535, 65535}, .depth = 1, .type = PNG_COLOR_TYPE_GRAY});
    EXPECT_EQ(failure_of(path_, &text), ENOMEM);
    EXPECT_THAT(text, HasSubstr("it is 65535x65535"));
}

TEST_F(Png, the_longest_side_there_may_be_is_read)
{
    const content wide = {.size = {65535, 1},
                          .depth = 1,
                          .type = PNG_COLOR_TYPE_GRAY,
                          .bytes = std::vector<std::uint8_t>(8192, 0xff)};
    EXPECT_EQ(read(wide), picture({65535, 1}, {255, 255, 255}));
}

/// Writing, where it can fail.
class PngTarget : public Png {
protected:
    /// @return the errno with which writing fails, or 0.
    static int failure_of_writing(const picture& what, const std::string& path)
    {
        try {
            write_png(what, path);
            return 0;
        } catch (const error& e) {
            EXPECT_THAT(e.what(), HasSubstr(path));
            return e.code().value();
        }
    }

    [[nodiscard]] std::ptrdiff_t count_files() const
    {
        return std::distance(fs::directory_iterator(folder_.file("")), {});
    }
};

TEST_F(PngTarget, a_full_device_is_an_error_and_stays_there)
{
    EXPECT_EQ(failure_of_writing(colourful({64, 64}), "/dev/full"), ENOSPC);
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(PngTarget, a_failed_write_leaves_the_old_picture_and_nothing_else)
{
    const picture old = colourful({8, 8});
    write_png(old, path_);
    {
        const guest::file_size_limit limit(1000);
        EXPECT_EQ(failure_of_writing(colourful({300, 300}), path_), EFBIG);
    }
    EXPECT_EQ(png_files::decode(path_), old);
    EXPECT_EQ(count_files(), 1);
}

TEST_F(PngTarget, a_failed_write_leaves_no_new_file)
{
    const guest::file_size_limit limit(1000);
    EXPECT_EQ(failure_of_writing(colourful({300, 300}), path_), EFBIG);
    EXPECT_EQ(count_files(), 0);
}

TEST_F(PngTarget, a_folder_is_no_target_and_one_that_is_missing_is_named)
{
    EXPECT_EQ(failure_of_writing(colourful({1, 1}), folder_.file("")), EISDIR);
    EXPECT_EQ(failure_of_writing(colourful({1, 1}), folder_.file("no/x.png")), ENOENT);
    EXPECT_EQ(count_files(), 0);
}

TEST_F(PngTarget, a_replaced_file_keeps_its_permissions_and_the_links_to_it)
{
    write_png(colourful({1, 1}), path_);
    ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
    const std::string link = folder_.file("link.png");
    ASSERT_EQ(::symlink("in.png", link.c_str()), 0);
    write_png(colourful({2, 2}), link);
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(png_files::decode(path_), colourful({2, 2}));
    EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0640));
    EXPECT_EQ(count_files(), 2);
}

} // namespace

} // namespace memlane::tool
