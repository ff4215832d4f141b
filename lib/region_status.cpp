// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "lockdown.hpp"
#include "memlane/error.hpp"
#include "memlane/screen.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

/** @throws std::invalid_argument for what a newer module tells */
template <typename Value>
Value known(const std::optional<Value>& value, std::string_view what, std::string_view text)
{
    if (!value) {
        throw std::invalid_argument(fmt::format("unknown {} '{}'", what, text));
    }
    return *value;
}

std::optional<region_kind> parse_kind(std::string_view text)
{
    for (const region_kind each :
         {region_kind::pages, region_kind::reserved, region_kind::client}) {
        if (text == to_string(each)) {
            return each;
        }
    }
    return std::nullopt;
}

/** What sysfs tells of one region. */
class region_directory final {
public:
    explicit region_directory(std::string name)
        : name_(std::move(name)), base_(fmt::format("{}/{}/", detail::class_directory, name_))
    {
    }

    [[nodiscard]] region_status read()
    {
        region_status status = {
            .name = name_,
            .kind = understand(region_kind::unknown, [this] { return read_kind(); }),
            .size_bytes = count("size"),
            .segments = count("segments"),
            .phys_addr = detail::read_optional_number(base_ + "phys_addr"),
            .coherent = count("coherent") != 0,
            .open_count = count("open_count"),
            .screen = understand(std::optional<screen_status>(), [this] { return read_screen(); }),
            .ring = understand(std::optional<ring_status>(), [this] { return read_ring(); }),
            .saved = {count("saves"), count("saved_bytes"), count("save_errors")},
            .loaded = {count("loads"), count("loaded_bytes"), count("load_errors")},
        };
        status.unknown = unknown_;
        return status;
    }

private:
    /** @return what @p read does; @p otherwise where it cannot make sense of it, with a note */
    template <typename Value, typename Read>
    Value understand(Value otherwise, Read read)
    {
        try {
            return read();
        } catch (const std::invalid_argument& e) {
            unknown_ += (unknown_.empty() ? "" : ", ") + std::string(e.what());
            return otherwise;
        }
    }

    [[nodiscard]] std::string text(const char* attribute) const
    {
        return detail::read_attribute(base_ + attribute);
    }

    /** @throws std::invalid_argument when it is no number */
    [[nodiscard]] std::uint64_t number(const char* attribute) const
    {
        try {
            return detail::read_number(base_ + attribute);
        } catch (const error& e) {
            if (e.code().value() != EPROTO) {
                throw;
            }
            return known(std::optional<std::uint64_t>(), attribute, text(attribute));
        }
    }

    [[nodiscard]] std::uint64_t count(const char* attribute)
    {
        return understand(std::uint64_t{0}, [=, this] { return number(attribute); });
    }

    [[nodiscard]] std::uint32_t small(const char* attribute) const
    {
        return static_cast<std::uint32_t>(number(attribute));
    }

    [[nodiscard]] region_kind read_kind() const
    {
        const std::string kind = text("kind");
        return known(parse_kind(kind), "kind", kind);
    }

    [[nodiscard]] std::optional<screen_status> read_screen() const
    {
        if (!detail::exists(base_ + "geometry")) {
            return std::nullopt;
        }
        const extent size = parse_extent(text("geometry"));
        const std::string format = text("format");
        return screen_status{
            .node = framebuffer_of(name_).value_or(""),
            .size = size,
            .format = known(parse_pixel_format(format), "format", format),
            .stride_bytes = small("stride"),
            .pages = std::max(1U, small("rows") / size.height),
            .refresh_hz = small("refresh"),
            .blank = small("blank") != 0,
            .frames = number("frames"),
        };
    }

    [[nodiscard]] std::optional<ring_status> read_ring() const
    {
        if (!detail::exists(base_ + "ring")) {
            return std::nullopt;
        }
        const std::string policy = text("policy");
        ring_status now = {
            .slot_bytes = small("slot_size"),
            .slots = small("slots"),
            .policy = known(parse_drop_policy(policy), "policy", policy),
        };
        std::istringstream counts(text("ring"));
        counts >> now.committed >> now.delivered >> now.dropped >> now.waiting >> now.filling >>
            now.held;
        return now;
    }

    std::string name_;
    std::string base_; // of its attributes, with a slash at its end
    std::string unknown_;
};

} // namespace

bool module_is_loaded()
{
    return detail::exists(detail::module_directory);
}

std::vector<region_status> list_regions()
{
    if (!module_is_loaded()) {
        throw_error(ENOENT, "list", "directory", detail::class_directory, explain_absence());
    }
    std::vector<region_status> regions;
    for (const std::string& name : detail::list_names(detail::class_directory)) {
        try {
            regions.push_back(region_directory(name).read());
        } catch (const error& e) {
            // Destroyed since its name was read: then it is not in the list.
            if (e.code().value() != ENOENT && e.code().value() != ENODEV) {
                throw;
            }
        }
    }
    return regions;
}

region_status read_status(const std::string& name)
{
    if (!detail::exists(fmt::format("{}/{}", detail::class_directory, name))) {
        throw_error(ENOENT, "find", "region", name, explain_absence());
    }
    return region_directory(name).read();
}

std::string explain_absence()
{
    if (!module_is_loaded()) {
        const std::string lockdown = detail::describe_lockdown();
        return "the module memlane is not loaded" +
               (lockdown.empty() ? "" : ": " + lockdown + ", so that it must be signed");
    }
    const std::vector<std::string> names = detail::list_names(detail::class_directory);
    if (names.empty()) {
        return "there are no regions";
    }
    return fmt::format("the regions are: {}", fmt::join(names, ", "));
}

} // namespace memlane
