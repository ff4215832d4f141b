// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/watched_screen.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "memlane/error.hpp"
#include "memlane/region.hpp"
#include "memlane/region_status.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane::tool {

namespace {

constexpr const char* class_directory = "/sys/class/memlane";

memory_reader reader_of(const screen& shown, const screen_mode& mode)
{
    return {shown.memory(), mode.offset_bytes, mode.page_bytes()};
}

class held_screen final : public watched_screen {
public:
    explicit held_screen(screen shown)
        : shown_(std::move(shown)), mode_(shown_.mode()), pixels_(reader_of(shown_, mode_))
    {
    }

    void look(bool anew, const std::function<void(const glimpse&)>& see) override
    {
        const screen_mode now = shown_.mode();
        const bool is_other = now != mode_;
        if (is_other) {
            pixels_ = reader_of(shown_, now);
            mode_ = now;
        }
        see({mode_, shown_.colours(mode_), pixels_, anew || is_other});
    }

private:
    screen shown_;
    screen_mode mode_;
    memory_reader pixels_;
};

/** The count of a region's frames, whose file stays open and does not hold the region. */
class frame_count final {
public:
    explicit frame_count(const std::string& path)
        : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        if (fd_.get() < 0) {
            throw_error(errno, "open", "attribute", path_);
        }
    }

    /** @return whether it is another than the last time. @throws error ENODEV: it is gone */
    bool has_moved()
    {
        std::array<char, 32> text = {};
        if (::pread(fd_.get(), text.data(), text.size(), 0) < 0) {
            throw_error(errno, "read", "attribute", path_, "the region is gone");
        }
        return std::exchange(text_, text) != text;
    }

private:
    std::string path_;
    unique_fd fd_;
    std::array<char, 32> text_ = {};
};

class counted_screen final : public watched_screen {
public:
    counted_screen(const std::string& attributes, std::function<screen()> open)
        : open_(std::move(open)), count_(attributes + "/frames")
    {
    }

    void look(bool anew, const std::function<void(const glimpse&)>& see) override
    {
        const bool has_moved = count_.has_moved();
        const bool is_news = anew || (has_moved && !moved_before_);
        moved_before_ = has_moved;
        if (has_moved || anew) {
            looks_left_ = looks_after_change + 1;
        }
        if (looks_left_ > 0) {
            --looks_left_;
            open_and_see(is_news, see);
        }
    }

private:
    void open_and_see(bool is_news, const std::function<void(const glimpse&)>& see) const
    {
        const screen shown = open_();
        const screen_mode mode = shown.mode();
        see({mode, shown.colours(mode), reader_of(shown, mode), is_news});
    }

    std::function<screen()> open_;
    frame_count count_;
    bool moved_before_ = false;
    unsigned looks_left_ = 0;
};

/** @return the region that @p uri names, itself or as the framebuffer it is; else nothing */
std::string region_of(const std::string& uri)
{
    const std::string prefix = "fb:";
    if (!uri.starts_with(prefix)) {
        const bool is_region = uri.starts_with("memlane:") || uri.find(':') == std::string::npos;
        return is_region ? region_name(uri) : "";
    }
    if (!module_is_loaded()) {
        return "";
    }
    for (const region_status& each : list_regions()) {
        if (each.screen && each.screen->node == uri.substr(prefix.size())) {
            return each.name;
        }
    }
    return "";
}

} // namespace

std::unique_ptr<watched_screen> hold_screen(screen shown)
{
    return std::make_unique<held_screen>(std::move(shown));
}

std::unique_ptr<watched_screen> count_screen(const std::string& attributes,
                                             std::function<screen()> open)
{
    return std::make_unique<counted_screen>(attributes, std::move(open));
}

std::unique_ptr<watched_screen> watch_screen(const std::string& uri,
                                             const std::optional<geometry>& as)
{
    const std::string region = region_of(uri);
    const std::string attributes = std::string(class_directory) + "/" + region;
    if (!region.empty() && ::access((attributes + "/frames").c_str(), R_OK) == 0) {
        return count_screen(attributes, [region, as] {
            return screen("memlane:" + region, access_mode::read_only, as);
        });
    }
    return hold_screen(screen(uri, access_mode::read_only, as));
}

} // namespace memlane::tool
