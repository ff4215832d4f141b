// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fbdev.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

constexpr double picoseconds_a_second = 1e12;

bit_field to_field(const fb_bitfield& field)
{
    return {field.offset, std::min(field.length, 16U)};
}

/** Pixel clock and all that passes in a frame: what no driver need fill in. */
std::uint32_t refresh_of(const fb_var_screeninfo& variable)
{
    const std::uint64_t columns = std::uint64_t{variable.xres} + variable.left_margin +
                                  variable.right_margin + variable.hsync_len;
    const std::uint64_t rows = std::uint64_t{variable.yres} + variable.upper_margin +
                               variable.lower_margin + variable.vsync_len;
    const double frame =
        static_cast<double>(columns) * static_cast<double>(rows) * variable.pixclock;
    return frame > 0 ? static_cast<std::uint32_t>(std::lround(picoseconds_a_second / frame)) : 0;
}

pixel_layout layout_of(const fb_fix_screeninfo& fixed, const fb_var_screeninfo& variable)
{
    const bool indexed =
        fixed.visual == FB_VISUAL_PSEUDOCOLOR || fixed.visual == FB_VISUAL_STATIC_PSEUDOCOLOR;
    return {variable.bits_per_pixel, to_field(variable.red), to_field(variable.green),
            to_field(variable.blue), indexed};
}

void require_whole_bytes(const fb_fix_screeninfo& fixed, const fb_var_screeninfo& variable,
                         const std::string& node)
{
    const std::uint32_t bits = variable.bits_per_pixel;
    if (fixed.type != FB_TYPE_PACKED_PIXELS || bits % 8 != 0 || bits == 0 || bits > 32) {
        throw_error(EOPNOTSUPP, "query", "framebuffer", node,
                    fmt::format("its pixels of {} bits are no whole bytes in a row", bits));
    }
}

std::uint8_t high_byte(std::uint16_t level)
{
    return static_cast<std::uint8_t>(level >> 8U);
}

} // namespace

fb_fix_screeninfo query_fixed(int fd, const std::string& node)
{
    fb_fix_screeninfo fixed = {};
    if (::ioctl(fd, FBIOGET_FSCREENINFO, &fixed) != 0) {
        throw_error(errno, "query", "framebuffer", node);
    }
    return fixed;
}

fb_var_screeninfo query_variable(int fd, const std::string& node)
{
    fb_var_screeninfo variable = {};
    if (::ioctl(fd, FBIOGET_VSCREENINFO, &variable) != 0) {
        throw_error(errno, "query", "framebuffer", node);
    }
    return variable;
}

screen_mode query_mode(int fd, const std::string& node)
{
    const fb_var_screeninfo variable = query_variable(fd, node);
    const fb_fix_screeninfo fixed = query_fixed(fd, node);
    require_whole_bytes(fixed, variable, node);
    if (variable.xres == 0 || variable.yres == 0) {
        throw_error(EINVAL, "query", "framebuffer", node, "it has no pixels");
    }

    const pixel_layout layout = layout_of(fixed, variable);
    const std::uint64_t stride = fixed.line_length != 0
                                     ? fixed.line_length
                                     : std::uint64_t{variable.xres_virtual} * layout.bytes();
    const bool is_page = variable.xoffset == 0 && variable.yoffset % variable.yres == 0;
    return {
        .size = {variable.xres, variable.yres},
        .layout = layout,
        .stride_bytes = stride,
        .offset_bytes = variable.yoffset * stride + variable.xoffset * layout.bytes(),
        .pages = std::max(1U, variable.yres_virtual / variable.yres),
        .page = is_page ? variable.yoffset / variable.yres : 0,
        .refresh_hz = refresh_of(variable),
        .blank = false,
    };
}

palette query_palette(int fd, const std::string& node)
{
    palette indices = gray_palette();
    std::array<std::uint16_t, indices.size()> red = {};
    std::array<std::uint16_t, indices.size()> green = {};
    std::array<std::uint16_t, indices.size()> blue = {};
    fb_cmap map = {.start = 0,
                   .len = static_cast<std::uint32_t>(indices.size()),
                   .red = red.data(),
                   .green = green.data(),
                   .blue = blue.data(),
                   .transp = nullptr};
    if (::ioctl(fd, FBIOGETCMAP, &map) != 0) {
        throw_error(errno, "query", "colour map of framebuffer", node);
    }
    for (std::size_t i = 0; i < indices.size(); ++i) {
        indices[i] = {high_byte(red[i]), high_byte(green[i]), high_byte(blue[i])};
    }
    return indices;
}

void pan_to_page(int fd, const std::string& node, std::uint32_t page)
{
    fb_var_screeninfo variable = query_variable(fd, node);
    if (page >= std::max(1U, variable.yres_virtual / variable.yres)) {
        throw_error(EINVAL, "pan", "framebuffer", node,
                    fmt::format("page {} is not in its {} rows of {}", page, variable.yres_virtual,
                                variable.yres));
    }
    variable.xoffset = 0;
    variable.yoffset = page * variable.yres;
    if (::ioctl(fd, FBIOPAN_DISPLAY, &variable) != 0) {
        throw_error(errno, "pan", "framebuffer", node);
    }
}

bool wait_for_vsync(int fd, const std::string& node)
{
    std::uint32_t crtc = 0;
    if (::ioctl(fd, FBIO_WAITFORVSYNC, &crtc) == 0) {
        return true;
    }
    const int errnum = errno;
    if (errnum == EINTR || errnum == ENODEV) {
        throw_error(errnum, "wait for", "refresh of framebuffer", node);
    }
    return false; // drivers say ENOTTY, EINVAL and more
}

} // namespace memlane::detail
