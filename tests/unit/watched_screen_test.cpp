// SPDX-License-Identifier: GPL-2.0-or-later
// When a viewer looks at a screen, and what it makes of what it sees.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/error.hpp"
#include "scratch_dir.hpp"
#include "view/screen_copy.hpp"
#include "view/watched_screen.hpp"
#include "viewed.hpp"

namespace {

using memlane::pixel_format;
using memlane::screen;
using memlane::screen_mode;
using memlane::tool::glimpse;
using memlane::tool::looks_after_change;
using memlane::tool::rectangle;
using memlane::tool::screen_copy;
using memlane::tool::shared_picture;

namespace fs = std::filesystem;

constexpr memlane::extent size = {128, 32};

std::size_t count_own_fds()
{
    const fs::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A region's attributes as files, and a screen that counts how often it is opened.
class Counted : public testing::Test {
protected:
    Counted()
    {
        write("frames", "7\n");
        watched_ = memlane::tool::count_screen(folder_.file(""), [this] {
            ++opened_;
            return screen("file:" + file_.path(), memlane::access_mode::read_only, file_.as());
        });
        for (unsigned i = 0; i < 3 * looks_after_change; ++i) {
            look();
        }
        opened_ = 0;
    }

    void write(const std::string& name, const std::string& text) const
    {
        std::ofstream(folder_.file(name)) << text;
    }

    /// @return whether something was to be seen.
    bool look(bool anew = false)
    {
        bool seen = false;
        watched_->look(anew, [&](const glimpse& now) {
            seen = true;
            news_ += now.is_news ? 1U : 0U;
        });
        return seen;
    }

    guest::scratch_dir folder_;
    screen_file file_{{.size = size}};
    unsigned opened_ = 0;
    unsigned news_ = 0;
    std::unique_ptr<memlane::tool::watched_screen> watched_;
};

TEST_F(Counted, is_not_opened_while_the_count_stands_still)
{
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(look());
    }
    EXPECT_EQ(opened_, 0);
    EXPECT_TRUE(look(true)) << "when told to";
}

TEST_F(Counted, is_seen_as_soon_as_the_count_moves_and_a_few_times_more)
{
    news_ = 0;
    write("frames", "8\n");
    EXPECT_TRUE(look());
    EXPECT_EQ(news_, 1);
    for (unsigned i = 0; i < looks_after_change; ++i) {
        EXPECT_TRUE(look());
    }
    EXPECT_FALSE(look());
    EXPECT_EQ(news_, 1) << "only the first is news";
}

TEST_F(Counted, is_not_held_between_two_looks)
{
    const std::size_t before = count_own_fds();
    std::size_t meanwhile = 0;
    watched_->look(true, [&](const glimpse&) { meanwhile = count_own_fds(); });
    EXPECT_GT(meanwhile, before);
    EXPECT_EQ(count_own_fds(), before);
}

TEST_F(Counted, that_cannot_be_counted_any_more_is_gone)
{
    // Of all that can be opened and not read, a folder is the simplest.
    fs::create_directories(folder_.file("other/frames"));
    const auto other = memlane::tool::count_screen(folder_.file("other"), [this] {
        return screen("file:" + file_.path(), memlane::access_mode::read_only, file_.as());
    });
    EXPECT_THROW(other->look(false, [](const glimpse&) {}), memlane::error);
}

TEST(Held, is_seen_each_time)
{
    const screen_file file({.size = size});
    const auto watched = memlane::tool::hold_screen(
        screen("file:" + file.path(), memlane::access_mode::read_only, file.as()));
    unsigned seen = 0;
    for (int i = 0; i < 5; ++i) {
        watched->look(false, [&](const glimpse&) { ++seen; });
    }
    EXPECT_EQ(seen, 5);
}

/// A copy of memory whose mode is whatever the test says.
class Copy : public testing::Test {
protected:
    Copy()
    {
        for (std::uint32_t y = 0; y < 2 * size.height; ++y) {
            for (std::uint32_t x = 0; x < size.width; ++x) {
                file_.set(x, y,
                          {static_cast<unsigned char>(x), static_cast<unsigned char>(y), 1, 0});
            }
        }
        update();
        take();
    }

    bool update() { return copy_.update({mode_, colours_, pixels_, false}); }

    /// @return pixels in the tiles that changed.
    std::size_t take()
    {
        std::size_t area = 0;
        for (const rectangle& each : picture_.take_changes()) {
            area += std::size_t{each.width} * each.height;
        }
        return area;
    }

    [[nodiscard]] unsigned byte(std::uint32_t x, std::uint32_t y, unsigned index) const
    {
        return std::to_integer<unsigned>(
            picture_.pixels()[(y * picture_.size().width + x) * 4 + index]);
    }

    screen_file file_{{.size = {size.width, 2 * size.height}}};
    std::unique_ptr<memlane::source> memory_ = memlane::open_source("file:" + file_.path());
    memlane::memory_reader pixels_{*memory_, 0, file_.size()};
    screen_mode mode_{.size = size,
                      .layout = layout_of(pixel_format::xrgb8888),
                      .stride_bytes = size.width * 4,
                      .offset_bytes = 0,
                      .pages = 2,
                      .page = 0,
                      .refresh_hz = 60,
                      .blank = false};
    memlane::palette colours_ = memlane::gray_palette();
    shared_picture picture_{{1, 1}};
    screen_copy copy_{picture_};
};

TEST_F(Copy, has_what_is_in_memory)
{
    EXPECT_EQ(picture_.size(), size);
    EXPECT_EQ(byte(100, 20, 0), 100);
    EXPECT_EQ(byte(100, 20, 1), 20);
    EXPECT_FALSE(update());
    EXPECT_EQ(take(), 0);
}

TEST_F(Copy, changes_by_the_tile)
{
    file_.set(127, 31, {9, 9, 9, 0});
    EXPECT_TRUE(update());
    EXPECT_EQ(take(), shared_picture::tile_width * shared_picture::tile_height);
    EXPECT_EQ(byte(127, 31, 0), 9);
}

TEST_F(Copy, of_a_still_screen_finds_each_pixel_within_a_few_looks)
{
    for (std::uint32_t y = 0; y < size.height; ++y) {
        for (int i = 0; i < 40; ++i) {
            EXPECT_FALSE(update());
        }
        file_.set(0, y, {77, 0, 0, 0});
        unsigned looks = 1;
        while (!update() && looks < 100) {
            ++looks;
        }
        EXPECT_LE(looks, looks_after_change) << y;
    }
}

TEST_F(Copy, is_black_while_the_screen_is_blank)
{
    mode_.blank = true;
    EXPECT_TRUE(update());
    EXPECT_EQ(byte(100, 20, 0), 0);
    EXPECT_EQ(take(), size.width * size.height);
    EXPECT_FALSE(update());
    mode_.blank = false;
    EXPECT_TRUE(update());
    EXPECT_EQ(byte(100, 20, 0), 100);
}

TEST_F(Copy, follows_another_size_and_format)
{
    mode_.size = {200, 40};
    mode_.layout = layout_of(pixel_format::gray8);
    mode_.stride_bytes = 256;
    EXPECT_TRUE(update());
    EXPECT_EQ(picture_.size(), (memlane::extent{200, 40}));
    EXPECT_EQ(take(), 200 * 40);
    EXPECT_EQ(byte(4, 0, 0), 1) << "what was the blue of the second pixel";
}

TEST_F(Copy, is_painted_again_in_other_colours)
{
    mode_.layout = layout_of(pixel_format::gray8);
    update();
    take();
    EXPECT_FALSE(update());
    colours_[1] = {10, 20, 30};
    EXPECT_TRUE(update());
    EXPECT_EQ(byte(4, 0, 0), 30);
    EXPECT_EQ(byte(4, 0, 2), 10);
}

TEST_F(Copy, of_memory_that_was_cut_is_an_error)
{
    file_.cut_to(0);
    try {
        update();
        FAIL() << "it was read";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), EFAULT);
        EXPECT_THAT(e.what(), testing::HasSubstr("the file has 0 bytes now"));
    }
}

TEST(Picture, is_followed_by_a_child_of_its_maker)
{
    shared_picture picture({64, 16});
    // A process that was forked has the same memory, and a copy of the object.
    EXPECT_FALSE(picture.follow());
    picture.resize({130, 20});
    picture.finish_round();
    EXPECT_TRUE(picture.follow());
    EXPECT_EQ(picture.size(), (memlane::extent{130, 20}));
    picture.touch(129, 19);
    picture.finish_round();
    static_cast<void>(picture.take_changes());
    picture.touch(0, 0);
    picture.touch(64, 0);
    picture.touch(129, 19);
    picture.finish_round();
    const auto changes = picture.take_changes();
    ASSERT_EQ(changes.size(), 2);
    EXPECT_EQ(changes[0].width, 128) << "two neighbours are one";
    EXPECT_EQ(changes[1].x, 128);
    EXPECT_EQ(changes[1].width, 2);
    EXPECT_EQ(changes[1].height, 4);
    EXPECT_TRUE(picture.take_changes().empty());
}

} // namespace
