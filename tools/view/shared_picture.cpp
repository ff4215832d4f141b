// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/shared_picture.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <new>

#include "memlane/error.hpp"

namespace memlane::tool {

/** In front of the stamps, behind which the pixels come. */
struct shared_picture::control {
    std::atomic<std::uint32_t> round; // the last that is finished
    std::atomic<std::uint32_t> resizes;
    std::atomic<std::uint32_t> width;
    std::atomic<std::uint32_t> height;
};

namespace {

constexpr std::size_t control_bytes = 4096;
constexpr std::size_t pixel_alignment = 4096;

std::uint32_t columns_of(extent size)
{
    return (size.width + shared_picture::tile_width - 1) / shared_picture::tile_width;
}

std::uint32_t rows_of(extent size)
{
    return (size.height + shared_picture::tile_height - 1) / shared_picture::tile_height;
}

std::size_t tiles_of(extent size)
{
    return std::size_t{columns_of(size)} * rows_of(size);
}

std::size_t pixels_start(extent size)
{
    const std::size_t end = control_bytes + tiles_of(size) * sizeof(std::uint32_t);
    return (end + pixel_alignment - 1) / pixel_alignment * pixel_alignment;
}

std::uint64_t pixels_length(extent size)
{
    return std::uint64_t{shared_picture::pixel_bytes} * size.width * size.height;
}

/** Only ever grows: a child may still look at what was there. */
void grow(int fd, std::uint64_t bytes)
{
    struct stat status = {};
    if (::fstat(fd, &status) != 0 || (status.st_size < static_cast<off_t>(bytes) &&
                                      ::ftruncate(fd, static_cast<off_t>(bytes)) != 0)) {
        throw_error(errno, "make room for", "picture", "in memory");
    }
}

} // namespace

shared_picture::shared_picture(extent size) : fd_(::memfd_create("picture", MFD_CLOEXEC))
{
    if (fd_.get() < 0) {
        throw_error(errno, "make", "picture", "in memory");
    }
    map(size);
    new (memory_.bytes().data()) control{.round = 0, .resizes = 0, .width = 0, .height = 0};
    shared().width = size.width;
    shared().height = size.height;
}

void shared_picture::map(extent size)
{
    const std::uint64_t bytes = pixels_start(size) + pixels_length(size);
    grow(fd_.get(), bytes);
    memory_ = mapping(fd_.get(), 0, bytes, access_mode::read_write);
    size_ = size;
}

shared_picture::control& shared_picture::shared() const noexcept
{
    return *std::launder(reinterpret_cast<control*>(memory_.bytes().data()));
}

std::span<std::uint32_t> shared_picture::stamps() const noexcept
{
    auto* const first = reinterpret_cast<std::uint32_t*>(memory_.bytes().data() + control_bytes);
    return {first, tiles_of(size_)};
}

std::span<std::byte> shared_picture::pixels() const noexcept
{
    return memory_.bytes().subspan(pixels_start(size_));
}

void shared_picture::resize(extent size)
{
    map(size);
    touch_all();
    shared().width = size.width;
    shared().height = size.height;
    shared().resizes.fetch_add(1, std::memory_order_release);
}

void shared_picture::touch(std::uint32_t x, std::uint32_t y) noexcept
{
    const std::size_t tile =
        std::size_t{y / tile_height} * columns_of(size_) + std::size_t{x / tile_width};
    std::atomic_ref(stamps()[tile]).store(shared().round + 1, std::memory_order_relaxed);
}

void shared_picture::touch_all() noexcept
{
    const std::uint32_t round = shared().round + 1;
    for (std::uint32_t& stamp : stamps()) {
        std::atomic_ref(stamp).store(round, std::memory_order_relaxed);
    }
}

void shared_picture::finish_round() noexcept
{
    shared().round.fetch_add(1, std::memory_order_release);
}

bool shared_picture::follow()
{
    const std::uint32_t resizes = shared().resizes.load(std::memory_order_acquire);
    if (resizes == seen_resize_) {
        return false;
    }
    seen_resize_ = resizes;
    seen_round_ = 0;
    map({shared().width, shared().height});
    return true;
}

std::vector<rectangle> shared_picture::take_changes()
{
    // What is stamped after this was read is taken again next time.
    const std::uint32_t finished = shared().round.load(std::memory_order_acquire);
    const std::uint32_t columns = columns_of(size_);
    std::vector<rectangle> changes;
    for (std::size_t tile = 0; tile < stamps().size(); ++tile) {
        if (std::atomic_ref(stamps()[tile]).load(std::memory_order_relaxed) <= seen_round_) {
            continue;
        }
        const std::uint32_t x = static_cast<std::uint32_t>(tile % columns) * tile_width;
        const std::uint32_t y = static_cast<std::uint32_t>(tile / columns) * tile_height;
        const std::uint32_t width = std::min(tile_width, size_.width - x);
        if (!changes.empty() && changes.back().y == y &&
            changes.back().x + changes.back().width == x) {
            changes.back().width += width;
        } else {
            changes.push_back({x, y, width, std::min(tile_height, size_.height - y)});
        }
    }
    seen_round_ = finished;
    return changes;
}

} // namespace memlane::tool
