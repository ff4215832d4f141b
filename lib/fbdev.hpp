// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The kernel's framebuffer interface, linux/fb.h: one ioctl a function.
#ifndef MEMLANE_LIB_FBDEV_HPP
#define MEMLANE_LIB_FBDEV_HPP

#include <linux/fb.h>

#include <string>

#include "memlane/screen.hpp"

namespace memlane::detail {

/** @throws error as ioctl(2); ENOTTY when @p fd is no framebuffer */
[[nodiscard]] fb_fix_screeninfo query_fixed(int fd, const std::string& node);
[[nodiscard]] fb_var_screeninfo query_variable(int fd, const std::string& node);

/** @throws error EOPNOTSUPP for pixels that are no whole bytes or planes */
[[nodiscard]] screen_mode query_mode(int fd, const std::string& node);

/** @throws error as ioctl(2) */
[[nodiscard]] palette query_palette(int fd, const std::string& node);

/** @throws error EINVAL when the mode has no such page */
void pan_to_page(int fd, const std::string& node, std::uint32_t page);

/** @return false where the driver knows no refresh. @throws error EINTR */
[[nodiscard]] bool wait_for_vsync(int fd, const std::string& node);

} // namespace memlane::detail

#endif // MEMLANE_LIB_FBDEV_HPP
