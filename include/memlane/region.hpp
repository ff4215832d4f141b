// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_REGION_HPP
#define MEMLANE_REGION_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "memlane/mapping.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane {

/** Where a region's pages come from. */
enum class region_kind {
    pages,    /**< the kernel's page allocator */
    reserved, /**< a physical range outside System RAM */
};

/** @return "pages" or "reserved", as in sysfs. */
[[nodiscard]] std::string_view to_string(region_kind kind) noexcept;

/** What a region is; nothing of it changes while the region exists. */
struct region_info {
    std::string name;
    region_kind kind;
    std::uint64_t size_bytes; /**< a multiple of page_bytes */
    std::uint64_t phys_addr;  /**< of the first byte; 0 without CAP_SYS_ADMIN */
    std::uint64_t segments;   /**< physically contiguous pieces */
    std::uint32_t page_bytes;
};

/**
 * An open region, /dev/memlane/NAME. As long as it is open the region cannot
 * be destroyed.
 *
 * The const members may be used from several threads at once.
 */
class region final {
public:
    /**
     * @param source NAME, memlane:NAME or /dev/memlane/NAME
     * @throws error ENOENT when there is none (the text says which there are,
     *         or that the module is not loaded); EACCES for users other than
     *         the node's owner; EINVAL when @p source names no region
     */
    explicit region(std::string_view source, access_mode mode = access_mode::read_only);

    [[nodiscard]] const region_info& info() const noexcept { return info_; }

    /** @return how people name it: memlane:NAME. */
    [[nodiscard]] std::string label() const { return "memlane:" + info_.name; }

    /** @return the descriptor; the region keeps owning it. */
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /**
     * Maps a part, with the access the region was opened with.
     *
     * @throws error see mapping
     */
    [[nodiscard]] mapping map(std::uint64_t offset_bytes, std::size_t length_bytes) const;

private:
    access_mode mode_;
    unique_fd fd_;
    region_info info_;
};

/**
 * @param source NAME, memlane:NAME or /dev/memlane/NAME
 * @return NAME
 * @throws error EINVAL when it is empty, starts with a dot or has a slash
 */
[[nodiscard]] std::string region_name(std::string_view source);

} // namespace memlane

#endif // MEMLANE_REGION_HPP
