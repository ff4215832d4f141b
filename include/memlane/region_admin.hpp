// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_REGION_ADMIN_HPP
#define MEMLANE_REGION_ADMIN_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "memlane/geometry.hpp"

namespace memlane {

/** Which frame of a ring is lost when no slot is free. */
enum class drop_policy {
    newest, /**< the one that is being committed */
    oldest, /**< the one that has waited longest */
};

/** @return "drop-newest" or "drop-oldest". */
[[nodiscard]] std::string_view to_string(drop_policy policy) noexcept;

/** @return the policy so named, or nothing. */
[[nodiscard]] std::optional<drop_policy> parse_drop_policy(std::string_view name) noexcept;

/** A frame ring to be. */
struct ring_spec {
    std::uint32_t slot_bytes; /**< a multiple of the page size; 2 to 2^20 fit the region */
    drop_policy policy = drop_policy::newest;
};

/** A region to be. */
struct region_spec {
    std::string name;
    /** A multiple of the page size; 0 for what the picture takes. */
    std::uint64_t size_bytes = 0;
    std::optional<std::uint64_t> phys_addr = {}; /**< makes it one of kind reserved */
    bool contiguous = false;                     /**< one physical piece, or fail */
    std::optional<geometry> picture = {};        /**< makes it a framebuffer, /dev/fbN too */
    std::optional<ring_spec> ring = {};          /**< cuts it into slots for frames */
};

/**
 * Creates a region through configfs. Either it is live afterwards or nothing
 * of it is left.
 *
 * @throws error ENOENT when the module is not loaded or configfs not mounted;
 *         EACCES or EPERM without the rights; EINVAL, ENAMETOOLONG for an
 *         illegal name, size, address or geometry, or a picture larger than
 *         the region; EOPNOTSUPP for a geometry where the kernel has no
 *         framebuffers; EEXIST for a name that is taken;
 *         ENOMEM; EBUSY for a physical range in use. The text has the module's
 *         reason, and for a range in use its owner according to /proc/iomem.
 */
void create_region(const region_spec& spec);

/**
 * Destroys a region that create_region() or another user of configfs made.
 *
 * @throws error EBUSY when it is open, mapped or pinned, and stays so for 0.2
 *         seconds; ENOENT when there is
 *         none; EPERM when it came from the module's parameter
 */
void destroy_region(const std::string& name);

} // namespace memlane

#endif // MEMLANE_REGION_ADMIN_HPP
