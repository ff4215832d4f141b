// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

/** A map's attributes: Documentation/driver-api/uio-howto.rst. */
struct uio_map {
    std::uint64_t index;
    std::uint64_t address;    // of the page
    std::uint64_t lead_bytes; // of the memory in that page
    std::uint64_t size_bytes;
};

class uio_source final : public source {
public:
    uio_source(std::string uri, access_mode mode, unique_fd&& fd, const uio_map& which)
        : uio_source(std::move(uri), mode, which, map_whole(fd.get(), mode, which), std::move(fd))
    {
    }

    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override
    {
        // Of a map that is not physical this is the kernel's own address.
        if (which_.address >= physical_end) {
            return std::nullopt;
        }
        return which_.address + which_.lead_bytes;
    }

    // Physical maps are uncached, logical and virtual ones cached.
    [[nodiscard]] cache_mode usual_cache() const noexcept override { return cache_mode::unknown; }

    [[nodiscard]] std::string advice() const override
    {
        return "A UIO map of type UIO_MEM_PHYS has no struct pages. If the memory is the kernel's, "
               "the driver can declare it UIO_MEM_LOGICAL or UIO_MEM_VIRTUAL, which maps pages; a "
               "range outside System RAM can be a memlane region of kind reserved";
    }

private:
    uio_source(std::string uri, access_mode mode, const uio_map& which, mapping whole,
               unique_fd&& fd)
        : source(std::move(uri), mode, {.fd = std::move(fd), .size_bytes = which.size_bytes},
                 std::move(whole)),
          which_(which)
    {
    }

    /** The offset of mmap(2) selects the map, so it always begins at its first page. */
    static mapping map_whole(int fd, access_mode mode, const uio_map& which)
    {
        const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        return {fd, which.index * page + which.lead_bytes, which.size_bytes, mode};
    }

    uio_map which_;
};

} // namespace

std::unique_ptr<source> open_uio(uri_text text, access_mode mode)
{
    const std::uint64_t number = text.bytes_before('/', "N");
    uio_map which = {.index = text.rest_bytes("MAP")};
    const std::string node = fmt::format("/dev/uio{}", number);
    const std::string maps = fmt::format("/sys/class/uio/uio{}/maps", number);
    const std::string directory = fmt::format("{}/map{}/", maps, which.index);

    unique_fd fd = open_for(node, mode, list_present("/sys/class/uio"));
    if (!exists(directory)) {
        throw_error(ENOENT, "find", "source", text.uri(), list_present(maps));
    }
    which.address = read_number(directory + "addr");
    which.lead_bytes = read_number(directory + "offset");
    which.size_bytes = read_number(directory + "size");
    return std::make_unique<uio_source>(text.uri(), mode, std::move(fd), which);
}

} // namespace memlane::detail
