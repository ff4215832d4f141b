// SPDX-License-Identifier: GPL-2.0-or-later
/// A region with a geometry under the calls of linux/fb.h.
#include "framebuffer.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t vga_size = 640 * 480 * 4;

/// @return 0 or the errno of FBIOPUT_VSCREENINFO.
int put_mode(int fd, fb_var_screeninfo info)
{
    return ::ioctl(fd, FBIOPUT_VSCREENINFO, &info) == 0 ? 0 : errno;
}

int pan_to(int fd, std::uint32_t yoffset)
{
    fb_var_screeninfo info = variable_info(fd);
    info.yoffset = yoffset;
    return ::ioctl(fd, FBIOPAN_DISPLAY, &info) == 0 ? 0 : errno;
}

int wait_for_vsync(int fd, std::uint32_t crtc = 0)
{
    return ::ioctl(fd, FBIO_WAITFORVSYNC, &crtc) == 0 ? 0 : errno;
}

/// @return why a framebuffer like this is not made: an errno.
int refusal(const framebuffer_options& options)
{
    return framebuffer(options).memory().error();
}

// What it is

TEST(Framebuffer, is_what_its_geometry_says)
{
    const framebuffer screen({.geometry = "1920x1080", .pages = "2", .refresh = "50"});
    ASSERT_EQ(screen.memory().error(), 0);
    const fd fb = screen.open(O_RDWR);
    const fb_var_screeninfo variable = variable_info(fb);
    EXPECT_EQ(variable.xres, 1920U);
    EXPECT_EQ(variable.yres, 1080U);
    EXPECT_EQ(variable.xres_virtual, 1920U);
    EXPECT_EQ(variable.yres_virtual, 2160U);
    EXPECT_EQ(variable.bits_per_pixel, 32U);
    EXPECT_EQ(variable.red.offset, 16U);
    EXPECT_EQ(variable.green.offset, 8U);
    EXPECT_EQ(variable.blue.offset, 0U);
    // Picoseconds a pixel, at 50 pictures a second.
    EXPECT_EQ(variable.pixclock, 1'000'000'000'000 / (50LL * 1920 * 1080));

    const fb_fix_screeninfo fixed = fixed_info(fb);
    EXPECT_EQ(fixed.line_length, 7680U);
    EXPECT_EQ(fixed.smem_len, 2U * 1080 * 7680);
    EXPECT_EQ(fixed.visual, static_cast<unsigned>(FB_VISUAL_TRUECOLOR));
    EXPECT_EQ(fixed.smem_start, 0U);
    EXPECT_EQ(std::string(fixed.id), screen.memory().name().substr(0, sizeof(fixed.id) - 1));
    EXPECT_EQ(screen.attribute("geometry"), "1920x1080");
    EXPECT_EQ(screen.attribute("rows"), "2160");
    EXPECT_EQ(screen.attribute("refresh"), "50");
}

TEST(Framebuffer, has_a_size_that_follows_from_each_format)
{
    using sizes = std::pair<std::uint64_t, std::uint64_t>;
    const auto size = [](const char* format) {
        const framebuffer screen({.geometry = "100x50", .format = format});
        EXPECT_EQ(screen.memory().error(), 0);
        EXPECT_EQ(screen.attribute("format"), format);
        return sizes(counter(screen.memory().name(), "stride"),
                     counter(screen.memory().name(), "size"));
    };
    // Rows of a multiple of 64 bytes, in whole pages.
    EXPECT_EQ(size("xrgb8888"), sizes(448, 24576));
    EXPECT_EQ(size("rgb888"), sizes(320, 16384));
    EXPECT_EQ(size("rgb565"), sizes(256, 16384));
    EXPECT_EQ(size("gray8"), sizes(128, 8192));
}

TEST(Framebuffer, begins_each_of_several_pages_on_a_page_of_memory)
{
    const framebuffer screen({.geometry = "1366x768", .format = "rgb888", .pages = "3"});
    ASSERT_EQ(screen.memory().error(), 0);
    EXPECT_EQ(counter(screen.memory().name(), "stride") * 768 % page, 0U);
}

TEST(Framebuffer, may_be_smaller_than_its_region)
{
    const framebuffer screen({.geometry = "64x64", .region = {.size = "4M"}});
    ASSERT_EQ(screen.memory().error(), 0);
    EXPECT_EQ(fixed_info(screen.open(O_RDONLY)).smem_len, 4 * mib);
}

TEST(Framebuffer, may_be_a_physical_range)
{
    const framebuffer screen({.region = {.size = "2M", .phys_addr = reserved_base}});
    ASSERT_EQ(screen.memory().error(), 0);
    const mapping pixels(screen.open(O_RDWR), vga_size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(pixels.ok());
    fill(pixels.bytes(), 7);
    std::vector<unsigned char> seen(vga_size);
    ASSERT_EQ(::read(screen.memory().open(O_RDONLY), seen.data(), vga_size),
              static_cast<ssize_t>(vga_size));
    EXPECT_EQ(first_wrong(seen, 7), vga_size);
}

TEST(Framebuffer, is_one_of_several)
{
    const framebuffer first;
    const framebuffer second({.geometry = "320x240", .format = "rgb565"});
    ASSERT_EQ(second.memory().error(), 0);
    EXPECT_NE(first.node(), second.node());
    EXPECT_EQ(variable_info(first.open(O_RDONLY)).xres, 640U);
    EXPECT_EQ(variable_info(second.open(O_RDONLY)).xres, 320U);
}

TEST(Framebuffer, is_none_without_a_geometry)
{
    const region plain;
    EXPECT_NE(::access(("/sys/class/memlane/" + plain.name() + "/geometry").c_str(), F_OK), 0);
    const region none({.attributes = {{"geometry", "none"}}});
    EXPECT_EQ(none.error(), 0);
    EXPECT_NE(::access(("/sys/class/memlane/" + none.name() + "/frames").c_str(), F_OK), 0);
}

// What it cannot be

TEST(Framebuffer, refuses_what_is_no_geometry)
{
    for (const char* text : {"0x0", "0x480", "640x0", "7x480", "640x7", "65536x480", "640x65536",
                             "640", "640x", "x480", "640x480x2", "-640x480", "640x480 ",
                             "4294967936x480", "99999999999999999999x1", "\n", "0x10x0x10"}) {
        EXPECT_EQ(refusal({.geometry = text}), EINVAL) << text;
    }
}

TEST(Framebuffer, refuses_unknown_formats_and_counts_out_of_bounds)
{
    EXPECT_EQ(refusal({.format = "rgb"}), EINVAL);
    EXPECT_EQ(refusal({.format = "XRGB8888"}), EINVAL);
    EXPECT_EQ(refusal({.pages = "0"}), EINVAL);
    EXPECT_EQ(refusal({.pages = "8192"}), EINVAL);
    EXPECT_EQ(refusal({.pages = "137"}), EINVAL); // 65,760 rows
    EXPECT_EQ(refusal({.pages = "4294967297"}), ERANGE);
    EXPECT_EQ(refusal({.refresh = "0"}), EINVAL);
    EXPECT_EQ(refusal({.refresh = "1001"}), EINVAL);
}

TEST(Framebuffer, refuses_a_picture_larger_than_its_region_or_4_gib)
{
    framebuffer small({.region = {.size = "1M"}});
    EXPECT_EQ(small.memory().error(), EINVAL);
    EXPECT_EQ(small.memory().why(), "the picture takes 1228800 bytes, the region has 1048576");
    EXPECT_EQ(refusal({.geometry = "65535x65535"}), EINVAL);
    EXPECT_EQ(refusal({.geometry = "32768x32768"}), EINVAL);
}

TEST(Framebuffer, keeps_its_attributes_while_it_lives)
{
    framebuffer screen;
    for (const auto& [attribute, value] :
         {std::pair{"geometry", "8x8"}, {"format", "gray8"}, {"pages", "2"}, {"refresh", "1"}}) {
        EXPECT_EQ(write_file(screen.memory().config() + "/" + attribute, value), EBUSY);
    }
}

TEST(Framebuffer, takes_another_geometry_the_next_time)
{
    framebuffer screen({.geometry = "64x64"});
    const std::string config = screen.memory().config();
    EXPECT_EQ(write_file(config + "/live", "0"), 0);
    EXPECT_EQ(write_file(config + "/geometry", "640x480"), 0);
    EXPECT_EQ(write_file(config + "/live", "1"), 0);
    EXPECT_EQ(counter(screen.memory().name(), "size"), vga_size);
}

// Changes of mode

TEST(Framebuffer, takes_any_mode_that_fits)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    fb_var_screeninfo mode = variable_info(fb);
    mode.xres = mode.xres_virtual = 320;
    mode.yres = 240;
    mode.yres_virtual = 480;
    mode.bits_per_pixel = 16;
    EXPECT_EQ(put_mode(fb, mode), 0);

    const fb_var_screeninfo now = variable_info(fb);
    EXPECT_EQ(now.xres, 320U);
    EXPECT_EQ(now.yres_virtual, 480U);
    EXPECT_EQ(now.red.offset, 11U);
    EXPECT_EQ(now.green.length, 6U);
    EXPECT_EQ(fixed_info(fb).line_length, 768U); // two pages: 240 rows in whole 4 KiB
    EXPECT_EQ(screen.attribute("geometry"), "320x240");
    EXPECT_EQ(screen.attribute("format"), "rgb565");
    EXPECT_EQ(screen.attribute("stride"), "768");
}

TEST(Framebuffer, keeps_its_mode_when_another_does_not_fit)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    const fb_var_screeninfo before = variable_info(fb);
    const auto refuses = [&](auto&& change) {
        fb_var_screeninfo mode = before;
        change(mode);
        return put_mode(fb, mode) == EINVAL;
    };
    EXPECT_TRUE(refuses([](auto& mode) { mode.yres_virtual = 481; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.xres = 641; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.xres = 7; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.yres = 0; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.bits_per_pixel = 12; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.bits_per_pixel = 0; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.grayscale = 0x34325258; })); // a FourCC
    EXPECT_TRUE(refuses([](auto& mode) { mode.xres = mode.yres = 0x10000; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.xres_virtual = mode.yres_virtual = ~0U; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.yoffset = 1; }));
    EXPECT_TRUE(refuses([](auto& mode) { mode.xoffset = ~0U; }));

    const fb_var_screeninfo after = variable_info(fb);
    EXPECT_EQ(std::memcmp(&before, &after, sizeof(before)), 0);
}

TEST(Framebuffer, only_tells_when_a_mode_is_to_be_tested)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    fb_var_screeninfo mode = variable_info(fb);
    mode.xres = mode.xres_virtual = 320;
    mode.activate = FB_ACTIVATE_TEST;
    EXPECT_EQ(put_mode(fb, mode), 0);
    EXPECT_EQ(variable_info(fb).xres, 640U);
}

// Flips, refreshes, frames

TEST(Framebuffer, pans_between_its_pages_and_no_further)
{
    const framebuffer screen({.pages = "2"});
    const fd fb = screen.open(O_RDWR);
    EXPECT_EQ(pan_to(fb, 480), 0);
    EXPECT_EQ(variable_info(fb).yoffset, 480U);
    EXPECT_EQ(pan_to(fb, 100), 0);
    EXPECT_EQ(pan_to(fb, 481), EINVAL);
    EXPECT_EQ(pan_to(fb, ~0U), EINVAL);
    EXPECT_EQ(variable_info(fb).yoffset, 100U);
}

TEST(Framebuffer, counts_each_flip_as_one_frame)
{
    const framebuffer screen({.pages = "2"});
    const fd fb = screen.open(O_RDWR);
    const std::uint64_t before = screen.frames();
    for (std::uint32_t i = 1; i <= 20; ++i) {
        ASSERT_EQ(pan_to(fb, i % 2 * 480), 0);
    }
    EXPECT_EQ(screen.frames(), before + 20);
}

TEST(Framebuffer, wakes_who_polls_for_a_flip)
{
    const framebuffer screen({.pages = "2"});
    const fd fb = screen.open(O_RDWR);
    const fd count(::open(("/sys/class/memlane/" + screen.memory().name() + "/frames").c_str(),
                          O_RDONLY | O_CLOEXEC));
    char text[32];
    ASSERT_GT(::read(count, text, sizeof(text)), 0);
    pollfd event = {.fd = count, .events = POLLPRI, .revents = 0};
    EXPECT_EQ(::poll(&event, 1, 0), 0);
    EXPECT_EQ(pan_to(fb, 480), 0);
    EXPECT_EQ(::poll(&event, 1, 5000), 1);
}

TEST(Framebuffer, has_no_frames_while_nothing_can_change)
{
    const framebuffer screen;
    const mapping look(screen.open(O_RDONLY), vga_size, PROT_READ);
    ASSERT_TRUE(look.ok());
    const std::uint64_t before = screen.frames();
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(screen.frames(), before);
}

TEST(Framebuffer, counts_one_frame_for_what_was_written)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    const fd node = screen.memory().open(O_RDWR);
    for (const int written : {int{fb}, int{node}}) {
        const std::uint64_t before = screen.frames();
        ASSERT_EQ(::pwrite(written, "x", 1, 0), 1);
        std::this_thread::sleep_for(50ms);
        EXPECT_EQ(screen.frames(), before + 1);
        std::this_thread::sleep_for(50ms);
        EXPECT_EQ(screen.frames(), before + 1);
    }
}

TEST(Framebuffer, counts_refreshes_while_it_is_mapped_for_writing)
{
    const framebuffer screen({.refresh = "100"});
    std::uint64_t before = screen.frames();
    {
        // May become writable at any time, by mprotect.
        const mapping pixels(screen.memory().open(O_RDWR), vga_size, PROT_READ);
        ASSERT_TRUE(pixels.ok());
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(15ms);
            const std::uint64_t now = screen.frames();
            EXPECT_EQ(now, before + 1);
            before = now;
        }
    }
    // What was written just before it was unmapped.
    std::this_thread::sleep_for(15ms);
    EXPECT_EQ(screen.frames(), before + 1);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(screen.frames(), before + 1);
}

TEST(Framebuffer, counts_a_load_as_a_change)
{
    const framebuffer screen;
    const std::uint64_t before = screen.frames();
    const null_disk disk;
    const fd node = screen.memory().open(O_RDWR);
    const fd file(::open(disk.path().c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
    memlane_transfer load = {};
    load.fd = file;
    load.length = page;
    ASSERT_EQ(::ioctl(node, MEMLANE_IOC_LOAD, &load), 0);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(screen.frames(), before + 1);
}

TEST(Framebuffer, waits_for_its_refresh)
{
    const framebuffer screen({.refresh = "100"});
    const fd fb = screen.open(O_RDWR);
    ASSERT_EQ(wait_for_vsync(fb), 0);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(wait_for_vsync(fb), 0);
    }
    // From one refresh to the 20th after: never less, and more only if we are late.
    EXPECT_GE(std::chrono::steady_clock::now() - start, 190ms);
}

TEST(Framebuffer, has_one_beam_only)
{
    const framebuffer screen;
    EXPECT_EQ(wait_for_vsync(screen.open(O_RDWR), 1), EINVAL);
    const fd fb = screen.open(O_RDWR);
    EXPECT_EQ(::ioctl(fb, FBIO_WAITFORVSYNC, nullptr), -1);
    EXPECT_EQ(errno, EFAULT);
}

TEST(Framebuffer, stops_waiting_for_a_signal)
{
    const framebuffer screen({.refresh = "1"});
    const fd fb = screen.open(O_RDWR);
    ASSERT_EQ(wait_for_vsync(fb), 0);
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGALRM, &action, nullptr), 0);
    ::ualarm(50'000, 0);
    EXPECT_EQ(wait_for_vsync(fb), EINTR);
}

TEST(Framebuffer, knows_no_ioctl_beyond)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    EXPECT_EQ(::ioctl(fb, _IO('F', 0xee)), -1);
    EXPECT_EQ(errno, ENOTTY);
}

// Memory

TEST(Framebuffer, shows_the_same_memory_by_both_nodes_at_once)
{
    const framebuffer screen;
    const mapping by_fb(screen.open(O_RDWR), vga_size, PROT_READ | PROT_WRITE);
    const mapping by_node(screen.memory().open(O_RDWR), vga_size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(by_fb.ok() && by_node.ok());
    fill(by_fb.bytes(), 1);
    EXPECT_EQ(first_wrong(by_node.bytes(), 1), vga_size);
    fill(by_node.bytes(), 2);
    EXPECT_EQ(first_wrong(by_fb.bytes(), 2), vga_size);
}

TEST(Framebuffer, reads_and_writes_up_to_its_end)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    std::vector<unsigned char> bytes(vga_size + 100);
    fill(bytes, 3);
    EXPECT_EQ(::write(fb, bytes.data(), bytes.size()), static_cast<ssize_t>(vga_size));
    EXPECT_EQ(::write(fb, bytes.data(), 1), -1);
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_EQ(::read(fb, bytes.data(), 1), 0);
    EXPECT_EQ(::lseek(fb, 0, SEEK_CUR), static_cast<off_t>(vga_size));
    EXPECT_EQ(::pread(fb, bytes.data(), bytes.size(), 4096), static_cast<ssize_t>(vga_size - 4096));
    const mapping read_only(fb, page, PROT_READ);
    EXPECT_EQ(::pread(fb, read_only.bytes().data(), 10, 0), -1);
    EXPECT_EQ(errno, EFAULT);
}

TEST(Framebuffer, maps_at_any_page_and_not_past_its_end)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    const mapping all(fb, vga_size, PROT_READ | PROT_WRITE);
    const mapping part(fb, page, PROT_READ, 5 * page);
    ASSERT_TRUE(all.ok() && part.ok());
    fill(all.bytes(), 4);
    EXPECT_EQ(std::memcmp(part.bytes().data(), &all[5 * page], page), 0);
    EXPECT_FALSE(mapping(fb, 2 * page, PROT_READ, vga_size - page).ok());
    EXPECT_EQ(errno, EINVAL);
    EXPECT_FALSE(mapping(fb, page, PROT_READ, vga_size).ok());
    EXPECT_FALSE(mapping(fb, page, PROT_READ | PROT_EXEC).ok());
    EXPECT_EQ(::mmap(nullptr, page, PROT_READ, MAP_PRIVATE, fb, 0), MAP_FAILED);
}

TEST(Framebuffer, can_be_written_from_its_mapping_with_direct_io)
{
    const framebuffer screen;
    const mapping pixels(screen.open(O_RDWR), vga_size, PROT_READ | PROT_WRITE);
    ASSERT_TRUE(pixels.ok());
    fill(pixels.bytes(), 5);
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    ASSERT_EQ(::write(target, pixels.bytes().data(), vga_size), static_cast<ssize_t>(vga_size));
    const buffer seen(vga_size);
    ASSERT_EQ(::pread(target, seen.data(), vga_size, 0), static_cast<ssize_t>(vga_size));
    EXPECT_EQ(first_wrong(seen.bytes(), 5), vga_size);
}

// Colours

class ColourMap {
public:
    explicit ColourMap(std::uint32_t start, std::uint32_t length)
        : red_(length), green_(length),
          blue_(length), map_{start, length, red_.data(), green_.data(), blue_.data(), nullptr}
    {
    }
    int get(int fd) { return ::ioctl(fd, FBIOGETCMAP, &map_) == 0 ? 0 : errno; }
    int put(int fd) { return ::ioctl(fd, FBIOPUTCMAP, &map_) == 0 ? 0 : errno; }
    std::vector<std::uint16_t>& green() { return green_; }

private:
    std::vector<std::uint16_t> red_, green_, blue_;
    fb_cmap map_;
};

TEST(Framebuffer, of_gray8_has_256_grays_that_can_be_changed)
{
    const framebuffer screen({.format = "gray8"});
    const fd fb = screen.open(O_RDWR);
    EXPECT_EQ(variable_info(fb).grayscale, 1U);
    EXPECT_EQ(fixed_info(fb).visual, static_cast<unsigned>(FB_VISUAL_PSEUDOCOLOR));
    ColourMap grays(0, 256);
    ASSERT_EQ(grays.get(fb), 0);
    for (unsigned i = 0; i < 256; ++i) {
        EXPECT_EQ(grays.green()[i], i * 0x101);
    }

    ColourMap one(200, 1);
    one.green()[0] = 0x1234;
    EXPECT_EQ(one.put(fb), 0);
    ASSERT_EQ(grays.get(fb), 0);
    EXPECT_EQ(grays.green()[200], 0x1234);
    EXPECT_EQ(grays.green()[201], 201 * 0x101);
    EXPECT_EQ(ColourMap(200, 57).put(fb), EINVAL);
    EXPECT_EQ(ColourMap(~0U, 2).put(fb), EINVAL);
}

TEST(Framebuffer, remembers_that_it_is_blank)
{
    const framebuffer screen;
    const fd fb = screen.open(O_RDWR);
    EXPECT_EQ(screen.attribute("blank"), "0");
    const std::uint64_t before = screen.frames();
    EXPECT_EQ(::ioctl(fb, FBIOBLANK, FB_BLANK_POWERDOWN), 0);
    EXPECT_EQ(screen.attribute("blank"), "4");
    EXPECT_EQ(screen.frames(), before + 1);
    EXPECT_EQ(::ioctl(fb, FBIOBLANK, FB_BLANK_UNBLANK), 0);
    EXPECT_EQ(screen.attribute("blank"), "0");
}

// Its end

TEST(Framebuffer, is_not_destroyed_while_it_is_open_or_mapped)
{
    framebuffer screen;
    fd fb = screen.open(O_RDONLY);
    EXPECT_EQ(counter(screen.memory().name(), "open_count"), 1U);
    EXPECT_EQ(screen.memory().destroy(), EBUSY);
    {
        const mapping pixels(fb, vga_size, PROT_READ);
        fb.close();
        ASSERT_TRUE(pixels.ok());
        EXPECT_EQ(screen.memory().destroy(), EBUSY);
        EXPECT_EQ(pixels[0], 0);
    }
    const std::string node = screen.node();
    EXPECT_EQ(screen.memory().destroy(), 0);
    EXPECT_NE(::access(node.c_str(), F_OK), 0);
}

TEST(Framebuffer, comes_and_goes_while_others_open_it)
{
    const pid_t opener = fork_child();
    if (opener == 0) {
        for (;;) {
            for (const char* node : {"/dev/fb0", "/dev/fb1", "/dev/fb2"}) {
                const fd fb(::open(node, O_RDWR | O_CLOEXEC));
                fb_var_screeninfo info = {};
                ::ioctl(fb, FBIOGET_VSCREENINFO, &info);
            }
        }
    }
    for (int i = 0; i < 100; ++i) {
        framebuffer screen({.geometry = "64x64"});
        ASSERT_EQ(screen.memory().error(), 0);
        while (screen.memory().destroy() == EBUSY) {
        }
    }
    ::kill(opener, SIGKILL);
    wait_child(opener);
}

} // namespace
