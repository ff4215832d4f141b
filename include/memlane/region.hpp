// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_REGION_HPP
#define MEMLANE_REGION_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "memlane/source.hpp"

namespace memlane {

/** Where a region's pages come from. */
enum class region_kind {
    pages,    /**< the kernel's page allocator */
    reserved, /**< a physical range outside System RAM */
    client,   /**< the page allocator, for a device whose driver made the region */
    unknown,  /**< a newer module's */
};

/** @return "pages", "reserved" or "client", as in sysfs; else "unknown". */
[[nodiscard]] std::string_view to_string(region_kind kind) noexcept;

/** Whose turn it is to use a range. */
enum class memory_owner {
    cpu,    /**< programs */
    device, /**< a device without a driver of its own for the region */
};

/** From where to where data moves. */
enum class sync_direction {
    both_ways,
    to_device,   /**< the device reads what programs wrote */
    from_device, /**< programs read what the device wrote */
};

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
class region final : public source {
public:
    /**
     * @param name NAME, memlane:NAME or /dev/memlane/NAME
     * @throws error ENOENT when there is none (the text says which there are,
     *         or that the module is not loaded); EACCES for users other than
     *         the node's owner; EINVAL when @p name names no region
     */
    explicit region(std::string_view name, access_mode mode = access_mode::read_only);

    region(region&&) noexcept = default;
    region& operator=(region&&) noexcept = default;

    [[nodiscard]] const region_info& info() const noexcept { return info_; }

    /**
     * Hands a range over, as far as the CPU's caches need it; docs/caches.md says
     * who must when. Where region_status::coherent there is nothing to do.
     *
     * @param offset,length bytes, whole cache lines
     * @throws error EBADF when it is not open for writing, EINVAL when the range is
     *         not in the region
     */
    void sync(memory_owner owner, sync_direction direction, std::uint64_t offset,
              std::uint64_t length) const;

    [[nodiscard]] bool has_kernel_way() const noexcept override { return true; }
    [[nodiscard]] std::optional<std::uint64_t> phys_addr() const override;

private:
    region(unique_fd&& fd, const std::string& node, access_mode mode);
    region(region_info info, unique_fd&& fd, access_mode mode);

    region_info info_;
};

/**
 * @param text NAME, memlane:NAME or /dev/memlane/NAME
 * @return NAME
 * @throws error EINVAL when it is empty, starts with a dot or has a slash
 */
[[nodiscard]] std::string region_name(std::string_view text);

} // namespace memlane

#endif // MEMLANE_REGION_HPP
