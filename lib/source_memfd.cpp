// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>

#include "memlane/error.hpp"
#include "memlane/pattern.hpp"
#include "memlane/units.hpp"
#include "sources.hpp"

namespace memlane {

void fill_pattern(std::span<std::byte> bytes, std::uint64_t seed, std::uint64_t offset_bytes)
{
    std::uint64_t index = offset_bytes / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t), ++index) {
        std::uint64_t word = pattern_word(seed, index);
        if constexpr (std::endian::native == std::endian::big) {
            word = __builtin_bswap64(word);
        }
        std::memcpy(&bytes[i], &word, std::min(sizeof(word), bytes.size() - i));
    }
}

namespace detail {

namespace {

constexpr std::uint64_t huge_page_bytes = 2U << 20U;
constexpr std::uint64_t window_bytes = 64U << 20U;

/** @throws error ENOMEM, before the kernel has to kill somebody for the memory */
void require_memory(const std::string& uri, std::uint64_t size)
{
    std::ifstream meminfo("/proc/meminfo");
    for (std::string name; meminfo >> name;) {
        std::uint64_t kib = 0;
        meminfo >> kib;
        if (name == "MemAvailable:" && size / 1024 > kib) {
            throw_error(ENOMEM, "make", "source", uri,
                        fmt::format("{} of memory are available", format_bytes(kib * 1024)));
        }
        std::getline(meminfo, name);
    }
}

class memfd_source final : public source {
public:
    memfd_source(std::string uri, place where, mapping whole, std::uint64_t seed)
        : source(std::move(uri), access_mode::read_write, std::move(where), std::move(whole))
    {
        for (std::uint64_t at = 0; at < size_bytes(); at += window_bytes) {
            const auto length = static_cast<std::size_t>(std::min(window_bytes, size_bytes() - at));
            fill_pattern(map(at, length).bytes(), seed, at);
        }
    }

    /** In huge pages, which direct I/O pins 512 times as fast; by two ways there may be some. */
    static std::unique_ptr<source> make(const std::string& uri, std::uint64_t size,
                                        std::uint64_t seed)
    {
        place where = {.size_bytes = size};
        mapping whole = map_hugetlb(where);
        if (whole.bytes().empty()) {
            whole = map_anonymous(size);
        }
        if (whole.bytes().empty()) {
            where.fd = make_memfd(uri, size, 0); // more than the address space: in windows
            where.readable = true;
        }
        return std::make_unique<memfd_source>(uri, std::move(where), std::move(whole), seed);
    }

private:
    static mapping map_hugetlb(place& where)
    {
        if (where.size_bytes % huge_page_bytes != 0) {
            return {};
        }
        try {
            where.fd = make_memfd("", where.size_bytes, MFD_HUGETLB);
            return {where.fd.get(), 0, where.size_bytes, access_mode::read_write};
        } catch (const error&) {
            where.fd = unique_fd(); // none are reserved, as a rule
            return {};
        }
    }

    static mapping map_anonymous(std::uint64_t size)
    {
        if (size > std::numeric_limits<std::size_t>::max()) {
            return {};
        }
        try {
            return mapping::anonymous(static_cast<std::size_t>(size));
        } catch (const error&) {
            return {};
        }
    }

    static unique_fd make_memfd(const std::string& uri, std::uint64_t size, unsigned flags)
    {
        unique_fd fd(::memfd_create("memlane", MFD_CLOEXEC | flags));
        if (fd.get() < 0 || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
            throw_error(errno, "make", "source", uri);
        }
        return fd;
    }
};

} // namespace

std::unique_ptr<source> open_memfd(uri_text text, access_mode /*mode*/)
{
    const bool seeded = text.has('@');
    const std::uint64_t size = seeded ? text.bytes_before('@', "SIZE") : text.rest_bytes("SIZE");
    const std::uint64_t seed = seeded ? text.rest_bytes("SEED") : 0;
    if (size == 0) {
        text.reject("there is nothing in 0 bytes");
    }
    require_memory(text.uri(), size);
    return memfd_source::make(text.uri(), size, seed);
}

} // namespace detail

} // namespace memlane
