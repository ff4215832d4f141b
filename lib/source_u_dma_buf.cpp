// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

constexpr const char* devices = "/sys/class/u-dma-buf";

/** Attributes: the driver's README, github.com/ikwzm/udmabuf. */
class u_dma_buf_source final : public source {
public:
    u_dma_buf_source(std::string uri, access_mode mode, const std::string& name)
        : source(std::move(uri), mode,
                 {.fd = open_for("/dev/" + name, mode),
                  .size_bytes = read_number(directory(name) + "size"),
                  .readable = true}),
          address_(read_optional_number(directory(name) + "phys_addr"))
    {
    }

    static std::string directory(const std::string& name)
    {
        return fmt::format("{}/{}/", devices, name);
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override { return address_; }

    // By its sync_mode, by O_SYNC, and by whether the device is coherent.
    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

    [[nodiscard]] std::string advice() const override
    {
        return "u-dma-buf maps without struct pages unless it was built for its page mode, and "
               "that needs a kernel with CMA. A memlane region (memlane create NAME --size N, with "
               "--phys ADDR for a fixed range) maps pages on any kernel";
    }

private:
    std::optional<std::uint64_t> address_;
};

} // namespace

std::unique_ptr<source> open_u_dma_buf(uri_text text, access_mode mode)
{
    const std::string name = text.rest("NAME");
    if (name.find('/') != std::string::npos || name.starts_with('.')) {
        text.reject("this is no device's name");
    }
    if (!exists(u_dma_buf_source::directory(name))) {
        throw_error(ENOENT, "find", "source", text.uri(), list_present(devices));
    }
    return std::make_unique<u_dma_buf_source>(text.uri(), mode, name);
}

} // namespace memlane::detail
