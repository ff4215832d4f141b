// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/screen.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "fbdev.hpp"
#include "memlane/error.hpp"
#include "memlane/region.hpp"
#include "sources.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

constexpr std::string_view fb_prefix = "fb:";

screen_mode mode_of(const geometry& as)
{
    return {.size = as.size,
            .layout = layout_of(as.format),
            .stride_bytes = stride_of(as),
            .offset_bytes = 0,
            .pages = as.pages,
            .page = 0,
            .refresh_hz = as.refresh_hz,
            .blank = false};
}

/** @return the node that knows the geometry of @p memory; empty: there is none */
std::string control_node(const source& memory)
{
    if (const auto* ours = dynamic_cast<const region*>(&memory)) {
        return framebuffer_of(ours->info().name).value_or("");
    }
    const std::string& uri = memory.uri();
    return uri.starts_with(fb_prefix) ? uri.substr(fb_prefix.size()) : "";
}

} // namespace

struct screen::state {
    std::unique_ptr<source> memory;
    std::string node;  // of a framebuffer driver, or empty
    unique_fd control; // the node, open
    screen_mode fixed; // without a driver

    [[nodiscard]] bool is_driven() const noexcept { return control.get() >= 0; }
};

screen::screen(std::string_view uri, access_mode mode, const std::optional<geometry>& as)
    : state_(std::make_unique<state>())
{
    state_->memory = open_source(uri, mode);
    state_->node = control_node(*state_->memory);
    if (!state_->node.empty() && as) {
        throw_error(EINVAL, "open", "screen", uri, "it has a geometry of its own");
    }
    if (!state_->node.empty()) {
        state_->control = detail::open_for(state_->node, mode);
        return;
    }
    if (!as) {
        throw_error(EINVAL, "open", "screen", uri, "it has no geometry of its own: give one");
    }
    if (size_of(*as) > state_->memory->size_bytes()) {
        throw_error(ERANGE, "open", "screen", uri,
                    fmt::format("{}x{} {} takes {} bytes, of which it has {}", as->size.width,
                                as->size.height, to_string(as->format), size_of(*as),
                                state_->memory->size_bytes()));
    }
    state_->fixed = mode_of(*as);
}

screen::screen(screen&&) noexcept = default;
screen& screen::operator=(screen&&) noexcept = default;
screen::~screen() = default;

const source& screen::memory() const noexcept
{
    return *state_->memory;
}

screen_mode screen::mode() const
{
    if (!state_->is_driven()) {
        return state_->fixed;
    }
    screen_mode now = detail::query_mode(state_->control.get(), state_->node);
    if (const auto* ours = dynamic_cast<const region*>(state_->memory.get())) {
        const std::string blank =
            fmt::format("{}/{}/blank", detail::class_directory, ours->info().name);
        now.blank = detail::read_number(blank) != 0;
    }
    return now;
}

palette screen::colours(const screen_mode& mode) const
{
    return state_->is_driven() && mode.layout.indexed
               ? detail::query_palette(state_->control.get(), state_->node)
               : gray_palette();
}

mapping screen::map_page(const screen_mode& mode, std::uint32_t page) const
{
    const std::uint64_t start = mode.stride_bytes * mode.size.height * page;
    return state_->memory->map(start, mode.page_bytes());
}

mapping screen::map_shown(const screen_mode& mode) const
{
    return state_->memory->map(mode.offset_bytes, mode.page_bytes());
}

void screen::show_page(std::uint32_t page)
{
    if (!state_->is_driven()) {
        throw_error(EOPNOTSUPP, "show page of", "screen", memory().uri(), "it has no driver");
    }
    detail::pan_to_page(state_->control.get(), state_->node, page);
}

bool screen::wait_for_refresh()
{
    return state_->is_driven() && detail::wait_for_vsync(state_->control.get(), state_->node);
}

std::optional<std::string> framebuffer_of(const std::string& region)
{
    // A child of the region's device, beside its attributes.
    const std::string directory = fmt::format("{}/{}", detail::class_directory, region);
    for (const std::string& name : detail::list_names(directory)) {
        if (name.starts_with("fb") && detail::exists(fmt::format("{}/{}/dev", directory, name))) {
            return "/dev/" + name;
        }
    }
    return std::nullopt;
}

} // namespace memlane
