// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_REGION_STATUS_HPP
#define MEMLANE_REGION_STATUS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "memlane/geometry.hpp"
#include "memlane/region.hpp"
#include "memlane/region_admin.hpp"

namespace memlane {

/** What SAVE, or LOAD, did since the region was created. */
struct transfer_counters {
    std::uint64_t calls;
    std::uint64_t bytes;
    std::uint64_t errors;
};

/** What a frame ring has done; the counts are of one moment. */
struct ring_status {
    std::uint32_t slot_bytes;
    std::uint32_t slots;
    drop_policy policy;
    std::uint64_t committed; /**< delivered + dropped + waiting */
    std::uint64_t delivered;
    std::uint64_t dropped;
    std::uint32_t waiting;
    std::uint32_t filling; /**< slots in the producer's hands */
    std::uint32_t held;    /**< slots in the consumer's hands */
};

/** A region's life as a framebuffer. */
struct screen_status {
    std::string node; /**< "/dev/fb0"; empty if it has none just now */
    extent size;
    pixel_format format;
    std::uint32_t stride_bytes; /**< from one row to the next */
    std::uint32_t pages;        /**< pictures that fit one behind the other */
    std::uint32_t refresh_hz;
    bool blank;           /**< shows nothing, whatever is in memory */
    std::uint64_t frames; /**< flips, and refreshes when something may have changed */
};

/** A region as sysfs shows it: seen without opening, so open_count is others'. */
struct region_status {
    std::string name;
    region_kind kind;
    std::uint64_t size_bytes;
    std::uint64_t segments;
    std::optional<std::uint64_t> phys_addr; /**< none for users other than root */
    bool coherent; /**< caches keep in step with devices: region::sync() does nothing */
    std::uint64_t open_count;
    std::optional<screen_status> screen; /**< none without a geometry */
    std::optional<ring_status> ring;     /**< none without slots */
    transfer_counters saved;
    transfer_counters loaded;
    /**
     * What this library does not know, as a newer module may tell it: "unknown format 'x'".
     * What depends on it, as screen does, is left out.
     */
    std::string unknown = {};
};

/** @return whether the kernel module is there at all. */
[[nodiscard]] bool module_is_loaded();

/**
 * @return all regions, by name
 * @throws error ENOENT when the module is not loaded
 */
[[nodiscard]] std::vector<region_status> list_regions();

/**
 * @param name a bare name
 * @throws error ENOENT when there is no such region
 */
[[nodiscard]] region_status read_status(const std::string& name);

/** @return why a region cannot be found: no module, or the names there are. */
[[nodiscard]] std::string explain_absence();

} // namespace memlane

#endif // MEMLANE_REGION_STATUS_HPP
