// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice.hpp"
#include "sources.hpp"

namespace memlane::detail {

namespace {

class device_source final : public source {
public:
    /** Mapped as a whole, since to some drivers the offset is a name (V4L2, UIO). */
    device_source(std::string uri, access_mode mode, unique_fd&& fd, std::uint64_t offset,
                  std::uint64_t length)
        : source(std::move(uri), mode, {.size_bytes = length},
                 mapping(fd.get(), offset, length, mode))
    {
    }

    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

    [[nodiscard]] std::string advice() const override { return driver_advice(); }
};

} // namespace

std::unique_ptr<source> open_device(uri_text text, access_mode mode)
{
    const bool has_offset = text.has('@');
    const std::string node = text.before_last(has_offset ? '@' : '+', "PATH");
    const std::uint64_t offset = has_offset ? text.bytes_before('+', "OFFSET") : 0;
    const std::uint64_t length = text.rest_bytes("LEN");
    if (length == 0) {
        text.reject("the range is empty");
    }
    return std::make_unique<device_source>(text.uri(), mode, open_for(node, mode), offset, length);
}

} // namespace memlane::detail
