// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

#include "memlane/error.hpp"
#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

constexpr const char* devices = "/sys/bus/dax/devices";

std::string directory_of(const std::string& node)
{
    return fmt::format("{}/{}/", devices, std::filesystem::path(node).filename().string());
}

/** Attributes: Documentation/ABI/testing/sysfs-bus-dax. */
class dax_source final : public source {
public:
    dax_source(std::string uri, access_mode mode, const std::string& node)
        : dax_source(std::move(uri), mode, open_for(node, mode), directory_of(node))
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
    const std::string node = text.rest("/dev/daxX.Y");
    if (!exists(directory_of(node))) {
        throw_error(ENOENT, "find", "source", text.uri(), list_present(devices));
    }
    return std::make_unique<dax_source>(text.uri(), mode, node);
}

} // namespace memlane::detail
