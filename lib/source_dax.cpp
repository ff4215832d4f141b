// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <filesystem>

#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

constexpr const char* devices = "/sys/bus/dax/devices";

/** Attributes: Documentation/ABI/testing/sysfs-bus-dax. */
class dax_source final : public source {
public:
    dax_source(std::string uri, access_mode mode, const std::string& node)
        : dax_source(
              std::move(uri), mode, open_for(node, mode, list_present(devices)),
              fmt::format("{}/{}/", devices, std::filesystem::path(node).filename().string()))
    {
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override { return address_; }

private:
    dax_source(std::string uri, access_mode mode, unique_fd fd, const std::string& directory)
        : source(std::move(uri), mode,
                 {.fd = std::move(fd),
                  .size_bytes = read_number(directory + "size"),
                  .map_bytes = static_cast<std::uint32_t>(read_number(directory + "align"))}),
          address_(read_optional_number(directory + "resource"))
    {
    }

    std::optional<std::uint64_t> address_;
};

} // namespace

std::unique_ptr<source> open_dax(uri_text text, access_mode mode)
{
    return std::make_unique<dax_source>(text.uri(), mode, text.rest("/dev/daxX.Y"));
}

} // namespace memlane::detail
