// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <cerrno>
#include <limits>

#include "iomem.hpp"
#include "lockdown.hpp"
#include "memlane/error.hpp"
#include "sources.hpp"

namespace memlane::detail {

namespace {

constexpr const char* node = "/dev/mem";

class phys_source final : public source {
public:
    phys_source(std::string uri, access_mode mode, std::uint64_t address, std::uint64_t length)
        : source(std::move(uri), mode,
                 {.fd = open_for(node, mode, "this kernel has no /dev/mem"),
                  .base_bytes = address,
                  .size_bytes = length,
                  .readable = true}),
          address_(address)
    {
        check();
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override { return address_; }

    // Memory is cached, device registers are not; /dev/mem decides by address.
    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

    [[nodiscard]] std::string advice() const override
    {
        return fmt::format(
            "/dev/mem maps without struct pages. For a range outside System RAM, the memlane "
            "driver makes one with: memlane create NAME --size {} --phys {:#x}; without a driver "
            "to build, boot with memmap={}!{:#x} and use the range as a device-dax",
            size_bytes(), address_, size_bytes(), address_);
    }

private:
    /** Maps both ends, so that a refusal comes before anything else happens. */
    void check() const
    {
        try {
            static_cast<void>(map(0, 1));
            static_cast<void>(map(size_bytes() - 1, 1));
        } catch (const error& e) {
            const std::string lockdown = explain_lockdown(e.code().value());
            if (!lockdown.empty()) {
                throw_error(e.code().value(), "map", "source", uri(), lockdown);
            }
            const std::string owner = find_owner(address_, size_bytes());
            throw_error(e.code().value(), "map", "source", uri(),
                        owner.empty() ? "" : "part of it is " + owner);
        }
    }

    std::uint64_t address_;
};

} // namespace

std::unique_ptr<source> open_phys(uri_text text, access_mode mode)
{
    const std::uint64_t address = text.bytes_before('+', "ADDR");
    const std::uint64_t length = text.rest_bytes("LEN");
    constexpr auto end_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (length == 0) {
        text.reject("the range is empty");
    }
    if (address > end_max || length > end_max - address) {
        text.reject("the range ends beyond all memory");
    }
    return std::make_unique<phys_source>(text.uri(), mode, address, length);
}

} // namespace memlane::detail
