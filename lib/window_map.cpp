// SPDX-License-Identifier: LGPL-2.1-or-later
#include "window_map.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace memlane::detail {

namespace {

constexpr std::uint64_t usual_bytes = 64U << 20U;

} // namespace

window_map::window_map(const job& work)
    : memory_(*work.memory), offset_(work.offset), length_(work.length),
      piece_bytes_(work.io_bytes),
      window_bytes_(std::max<std::uint64_t>(usual_bytes / work.io_bytes, 1) * work.io_bytes)
{
}

held_bytes window_map::at(std::uint64_t position, std::uint32_t length)
{
    const bool inside =
        window_ && position >= start_ && position - start_ < window_->bytes().size();
    if (!inside) {
        move_to(position / piece_bytes_ * piece_bytes_);
    }
    return {window_, window_->bytes().subspan(static_cast<std::size_t>(position - start_), length)};
}

void window_map::move_to(std::uint64_t position)
{
    window_.reset();
    for (;;) {
        try {
            const auto length = std::min(window_bytes_, length_ - position);
            window_ = std::make_shared<const mapping>(memory_.map(offset_ + position, length));
            start_ = position;
            return;
        } catch (const std::system_error& e) {
            if (e.code().value() != ENOMEM || window_bytes_ <= piece_bytes_) {
                throw;
            }
            window_bytes_ =
                std::max(window_bytes_ / 2 / piece_bytes_, std::uint64_t{1}) * piece_bytes_;
        }
    }
}

} // namespace memlane::detail
