// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fbdev.hpp"
#include "sources.hpp"

namespace memlane::detail {

namespace {

class fb_source final : public source {
public:
    fb_source(std::string uri, access_mode mode, unique_fd fd, const fb_fix_screeninfo& fixed)
        : source(std::move(uri), mode,
                 {.fd = std::move(fd), .size_bytes = fixed.smem_len, .readable = true}),
          address_(fixed.smem_start)
    {
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override
    {
        // Drivers without a physical range leave 0 or a kernel address there.
        if (address_ == 0 || std::uint64_t{address_} >= physical_end) {
            return std::nullopt;
        }
        return address_;
    }

    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

    [[nodiscard]] std::string advice() const override
    {
        return "This driver maps its video memory without struct pages. Its author can map "
               "pages where the memory has them (vm_insert_pages, or a fault handler that returns "
               "one, as drivers with deferred I/O do); a card's own memory has none";
    }

private:
    unsigned long address_;
};

} // namespace

std::unique_ptr<source> open_fb(uri_text text, access_mode mode)
{
    const std::string node = text.rest("/dev/fbN");
    unique_fd fd = open_for(node, mode, list_present("/sys/class/graphics"));
    const fb_fix_screeninfo fixed = query_fixed(fd.get(), node);
    return std::make_unique<fb_source>(text.uri(), mode, std::move(fd), fixed);
}

} // namespace memlane::detail
