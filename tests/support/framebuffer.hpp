// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A region with a geometry, as programs for framebuffers see it.
#ifndef MEMLANE_TESTS_SUPPORT_FRAMEBUFFER_HPP
#define MEMLANE_TESTS_SUPPORT_FRAMEBUFFER_HPP

#include <string>

#include <linux/fb.h>

#include "guest.hpp"

namespace guest {

/// What a framebuffer shall be; the strings are those of the attributes.
struct framebuffer_options {
    std::string geometry = "640x480";
    std::string format = "xrgb8888";
    std::string pages = "1";
    std::string refresh = "60";
    region_options region = {.size = ""};
};

/// A region with a geometry, and its /dev/fbN. Not made: memory().error() tells why.
class framebuffer {
public:
    explicit framebuffer(const framebuffer_options& options = {});

    [[nodiscard]] region& memory() { return region_; }
    [[nodiscard]] const region& memory() const { return region_; }
    /// @return "/dev/fb0", or nothing where there is none.
    [[nodiscard]] std::string node() const;
    /// Opens /dev/fbN; a failure is -1 with errno set.
    [[nodiscard]] fd open(int flags) const;
    /// @return the first line of an attribute of the region.
    [[nodiscard]] std::string attribute(const std::string& name) const;
    [[nodiscard]] std::uint64_t frames() const { return counter(region_.name(), "frames"); }

private:
    region region_;
};

/// @return what FBIOGET_VSCREENINFO, FBIOGET_FSCREENINFO say of @p fd. @throws std::runtime_error
fb_var_screeninfo variable_info(int fd);
fb_fix_screeninfo fixed_info(int fd);

} // namespace guest

#endif
