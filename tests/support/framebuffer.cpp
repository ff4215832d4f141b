// SPDX-License-Identifier: GPL-2.0-or-later
#include "framebuffer.hpp"

#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <sys/ioctl.h>

namespace guest {

namespace {

region_options with_picture(const framebuffer_options& options)
{
    region_options all = options.region;
    all.attributes.insert(all.attributes.end(), {{"geometry", options.geometry},
                                                 {"format", options.format},
                                                 {"pages", options.pages},
                                                 {"refresh", options.refresh}});
    return all;
}

template <typename Info>
Info query(int fd, unsigned long request)
{
    Info info = {};
    if (::ioctl(fd, request, &info) != 0) {
        throw std::runtime_error("no framebuffer");
    }
    return info;
}

} // namespace

framebuffer::framebuffer(const framebuffer_options& options) : region_(with_picture(options)) {}

std::string framebuffer::node() const
{
    for (const auto& entry :
         std::filesystem::directory_iterator("/sys/class/memlane/" + region_.name())) {
        const std::string name = entry.path().filename();
        if (name.starts_with("fb")) {
            return "/dev/" + name;
        }
    }
    return {};
}

fd framebuffer::open(int flags) const
{
    return fd(::open(node().c_str(), flags | O_CLOEXEC));
}

std::string framebuffer::attribute(const std::string& name) const
{
    return read_line("/sys/class/memlane/" + region_.name() + "/" + name);
}

fb_var_screeninfo variable_info(int fd)
{
    return query<fb_var_screeninfo>(fd, FBIOGET_VSCREENINFO);
}

fb_fix_screeninfo fixed_info(int fd)
{
    return query<fb_fix_screeninfo>(fd, FBIOGET_FSCREENINFO);
}

} // namespace guest
