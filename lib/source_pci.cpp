// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <vector>

#include "iomem.hpp"
#include "lockdown.hpp"
#include "memlane/error.hpp"
#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

constexpr const char* devices = "/sys/bus/pci/devices";

// Of the kernel's include/linux/ioport.h, in the third column of "resource".
constexpr std::uint64_t flag_memory = 0x200;

// Of the PCI specification: the command register and its "memory space" bit.
constexpr off_t command_register = 4;
constexpr std::uint8_t command_memory = 2;

struct bar {
    std::string directory; // of the device, with a slash
    unsigned index;
    std::uint64_t start;
    std::uint64_t size_bytes;
};

/** One line of the attribute "resource": first and last address, flags. */
struct resource_line {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t flags = 0;

    [[nodiscard]] bool is_memory() const noexcept { return (flags & flag_memory) != 0; }
};

std::vector<resource_line> read_resources(const std::string& directory)
{
    constexpr std::size_t bars = 6; // behind them stand the ROM and bridge windows
    std::ifstream text(directory + "resource");
    std::vector<resource_line> lines;
    text >> std::hex;
    for (resource_line line;
         lines.size() < bars && text >> line.first >> line.last >> line.flags;) {
        lines.push_back(line);
    }
    return lines;
}

std::string list_bars(const std::vector<resource_line>& lines)
{
    std::string list;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].is_memory()) {
            list += fmt::format("{}{}", list.empty() ? "" : ", ", i);
        }
    }
    return list.empty() ? "it has no memory" : "its memory is in BAR " + list;
}

/** @return whether the device answers at all: without it every read gives ones. */
bool decodes_memory(const std::string& directory)
{
    const unique_fd config = open_for(directory + "config", access_mode::read_only);
    std::uint8_t command = 0;
    return ::pread(config.get(), &command, 1, command_register) != 1 ||
           (command & command_memory) != 0;
}

/** The kernel offers a second, write-combining mapping of what may be prefetched. */
std::string resource_file(const bar& place)
{
    const std::string plain = fmt::format("{}resource{}", place.directory, place.index);
    const std::string combining = plain + "_wc";
    return exists(combining) ? combining : plain;
}

class pci_source final : public source {
public:
    pci_source(std::string uri, access_mode mode, const bar& which)
        : source(std::move(uri), mode,
                 {.fd = open_for(resource_file(which), mode), .size_bytes = which.size_bytes}),
          place_(which), combining_(resource_file(which).ends_with("_wc"))
    {
        check();
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override { return place_.start; }

    [[nodiscard]] cache_mode usual_cache() const noexcept override
    {
        return combining_ ? cache_mode::write_combining : cache_mode::uncached;
    }

    [[nodiscard]] std::string describe_loss() const override
    {
        return exists(place_.directory) ? "" : "the device was removed";
    }

    [[nodiscard]] std::string advice() const override
    {
        return "A BAR has no struct pages, so direct I/O cannot pin it. A kernel with PCI_P2PDMA "
               "and a driver that calls pci_p2pdma_add_resource() can; here one copy is the least, "
               "and reading a BAR costs more than that copy: let the device write to memory by DMA "
               "if it can";
    }

private:
    /** Maps a byte, so that a refusal comes before anything else happens. */
    void check() const
    {
        try {
            static_cast<void>(map(0, 1));
        } catch (const error& e) {
            const std::string lockdown = explain_lockdown(e.code().value());
            if (!lockdown.empty()) {
                throw_error(e.code().value(), "map", "source", uri(), lockdown);
            }
            throw_error(e.code().value(), "map", "source", uri(),
                        fmt::format("the kernel keeps a BAR that a driver has claimed away from "
                                    "programs ({}); unbind the driver, or boot with iomem=relaxed",
                                    find_owner(place_.start, place_.size_bytes)));
        }
    }

    bar place_;
    bool combining_;
};

bar find_bar(const uri_text& text, const std::string& address, unsigned index)
{
    bar place = {.directory = fmt::format("{}/{}/", devices, address), .index = index};
    if (!exists(place.directory)) {
        throw_error(ENOENT, "find", "PCI device", address, list_present(devices));
    }
    const std::vector<resource_line> lines = read_resources(place.directory);
    if (index >= lines.size() || !lines[index].is_memory()) {
        throw_error(ENOENT, "find", "source", text.uri(), list_bars(lines));
    }
    if (!decodes_memory(place.directory)) {
        throw_error(ENODEV, "open", "source", text.uri(),
                    fmt::format("the device does not answer at its addresses; echo 1 > {}enable",
                                place.directory));
    }
    place.start = lines[index].first;
    place.size_bytes = lines[index].last - lines[index].first + 1;
    return place;
}

} // namespace

std::unique_ptr<source> open_pci(uri_text text, access_mode mode)
{
    std::string address = text.before_last('/', "BDF");
    const std::uint64_t index = text.rest_bytes("BAR");
    if (index > std::numeric_limits<unsigned>::max() || address.find('/') != std::string::npos) {
        text.reject("no such BAR");
    }
    constexpr std::size_t short_form = 7; // 00:05.0, in domain 0
    if (address.size() == short_form) {
        address.insert(0, "0000:");
    }
    return std::make_unique<pci_source>(text.uri(), mode,
                                        find_bar(text, address, static_cast<unsigned>(index)));
}

} // namespace memlane::detail
