// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "memlane/error.hpp"
#include "memlane/region.hpp"
#include "sources.hpp"

namespace memlane {

namespace {

using opener = std::unique_ptr<source> (*)(detail::uri_text text, access_mode mode);

std::unique_ptr<source> open_region(detail::uri_text text, access_mode mode)
{
    return std::make_unique<region>(text.rest("NAME"), mode);
}

struct scheme {
    std::string_view prefix;
    source_form form;
    opener open;
};

constexpr std::array schemes = {
    scheme{"memlane:",
           {"memlane:NAME", "a region of the memlane driver, also NAME alone"},
           open_region},
    scheme{"phys:", {"phys:ADDR+LEN", "a physical range, by /dev/mem"}, detail::open_phys},
    scheme{"pci:", {"pci:BDF/BAR", "a PCI device's memory: pci:0000:00:05.0/2"}, detail::open_pci},
    scheme{"uio:", {"uio:N/MAP", "a map of /dev/uioN"}, detail::open_uio},
    scheme{"u-dma-buf:",
           {"u-dma-buf:NAME", "a buffer of the u-dma-buf driver"},
           detail::open_u_dma_buf},
    scheme{"dax:", {"dax:/dev/daxX.Y", "a device-dax"}, detail::open_dax},
    scheme{"fb:", {"fb:/dev/fbN", "video memory, by a framebuffer device"}, detail::open_fb},
    scheme{"dev:",
           {"dev:PATH[@OFFSET]+LEN", "what another driver's device maps at OFFSET"},
           detail::open_device},
    scheme{"file:", {"file:PATH", "a file, mapped"}, detail::open_file},
    scheme{"memfd:",
           {"memfd:SIZE[@SEED]", "a checkable pattern in memory; needs nothing"},
           detail::open_memfd},
};

constexpr auto forms = [] {
    std::array<source_form, schemes.size()> all = {};
    for (std::size_t i = 0; i < schemes.size(); ++i) {
        all[i] = schemes[i].form;
    }
    return all;
}();

[[noreturn]] void reject_scheme(std::string_view uri)
{
    std::vector<std::string_view> known;
    for (const source_form& each : forms) {
        known.push_back(each.form);
    }
    throw_error(EINVAL, "parse", "source", uri,
                fmt::format("'{}' is no kind of source; there are {}",
                            uri.substr(0, uri.find(':') + 1), fmt::join(known, ", ")));
}

} // namespace

std::string_view to_string(cache_mode mode) noexcept
{
    switch (mode) {
    case cache_mode::write_back:
        return "write-back";
    case cache_mode::write_through:
        return "write-through";
    case cache_mode::write_combining:
        return "write-combining";
    case cache_mode::uncached:
        return "uncached";
    case cache_mode::unknown:
        break;
    }
    return "unknown";
}

source::source(std::string uri, access_mode mode, place where)
    : source(std::move(uri), mode, std::move(where), mapping())
{
}

source::source(std::string uri, access_mode mode, place where, mapping whole)
    : uri_(std::move(uri)), mode_(mode), fd_(std::move(where.fd)), base_bytes_(where.base_bytes),
      size_bytes_(where.size_bytes), readable_(where.readable), map_bytes_(where.map_bytes),
      whole_(std::move(whole))
{
}

mapping source::map(std::uint64_t offset_bytes, std::uint64_t length_bytes) const
{
    if (offset_bytes > size_bytes_ || length_bytes > size_bytes_ - offset_bytes) {
        throw_error(EINVAL, "map", "source", uri_,
                    fmt::format("{:#x}+{:#x} is not inside its {:#x} bytes", offset_bytes,
                                length_bytes, size_bytes_));
    }
    if (is_resident()) {
        return mapping::view(whole_.bytes().subspan(static_cast<std::size_t>(offset_bytes),
                                                    static_cast<std::size_t>(length_bytes)));
    }
    return {fd(), base_bytes_ + offset_bytes, length_bytes, mode_, map_bytes_};
}

std::optional<std::uint64_t> source::read_position(std::uint64_t offset_bytes) const
{
    if (!readable_) {
        return std::nullopt;
    }
    return base_bytes_ + offset_bytes;
}

std::span<const source_form> source_forms() noexcept
{
    return forms;
}

std::string source_uri(std::string_view text)
{
    if (detail::is_path(text)) {
        return detail::uri_of_path(std::string(text));
    }
    return text.find(':') == std::string_view::npos ? "memlane:" + region_name(text)
                                                    : std::string(text);
}

std::unique_ptr<source> open_source(std::string_view text, access_mode mode)
{
    const std::string uri = source_uri(text);
    for (const scheme& each : schemes) {
        if (uri.starts_with(each.prefix)) {
            return each.open(detail::uri_text(uri, each.prefix.size(), each.form.form), mode);
        }
    }
    reject_scheme(uri);
}

} // namespace memlane
