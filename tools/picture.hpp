// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PICTURE_HPP
#define MEMLANE_TOOLS_PICTURE_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "memlane/screen.hpp"

namespace memlane::tool {

/** Colours in rows, the upper one first, without anything between them. */
class picture final {
public:
    /** @throws std::bad_alloc when it is too large */
    explicit picture(extent size, rgb fill = {});

    [[nodiscard]] extent size() const noexcept { return size_; }

    /** @param y below size().height @return size().width colours, the left one first */
    [[nodiscard]] std::span<rgb> row(std::uint32_t y) noexcept;
    [[nodiscard]] std::span<const rgb> row(std::uint32_t y) const noexcept;

    friend bool operator==(const picture&, const picture&) = default;

private:
    extent size_;
    std::vector<rgb> pixels_;
};

/** @return @p from with rows and columns exchanged. */
[[nodiscard]] picture transposed(const picture& from);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PICTURE_HPP
