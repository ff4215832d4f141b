// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_MAPPING_HPP
#define MEMLANE_MAPPING_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace memlane {

/** What a descriptor or a mapping is opened for. */
enum class access_mode { read_only, read_write };

/**
 * Part of a region, or of anything else that can be mapped. It outlives the
 * descriptor it was made from.
 *
 * The object is not thread-safe, the bytes are as much as memory ever is.
 */
class mapping final {
public:
    /** Maps nothing. */
    mapping() = default;

    /**
     * Maps @p length_bytes of @p fd from @p offset_bytes on, shared. Neither
     * need be a multiple of the page size; a length of 0 maps nothing.
     *
     * @param granularity_bytes what the driver wants mappings to be multiples
     *        of; 0: a page
     * @throws error EINVAL past the end; EACCES when @p fd is not open for
     *         @p mode; ENOMEM when the address space is too small
     */
    mapping(int fd, std::uint64_t offset_bytes, std::uint64_t length_bytes, access_mode mode,
            std::uint32_t granularity_bytes = 0);

    /**
     * Maps zeroed memory of this process, private and writable, in huge pages
     * where the kernel has them.
     *
     * @throws error ENOMEM
     */
    [[nodiscard]] static mapping anonymous(std::size_t length_bytes);

    /** @return @p bytes without owning them. */
    [[nodiscard]] static mapping view(std::span<std::byte> bytes) noexcept;

    mapping(mapping&& other) noexcept;
    mapping& operator=(mapping&& other) noexcept;
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    ~mapping();

    /**
     * @return the bytes asked for, valid while the mapping lives. Writing to
     *         those of a read_only mapping is a SIGSEGV.
     */
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

private:
    std::span<std::byte> pages_; // what to unmap
    std::span<std::byte> bytes_;
};

} // namespace memlane

#endif // MEMLANE_MAPPING_HPP
