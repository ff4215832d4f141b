// SPDX-License-Identifier: GPL-2.0-or-later
#include "scale.hpp"

#include <algorithm>

namespace memlane::tool {

namespace {

/** Colours, each with a weight. 255 times the longest row fits in 32 bits. */
struct weighted_sum {
    std::uint32_t red = 0;
    std::uint32_t green = 0;
    std::uint32_t blue = 0;

    void add(rgb colour, std::uint32_t weight) noexcept
    {
        red += colour.red * weight;
        green += colour.green * weight;
        blue += colour.blue * weight;
    }

    /** @param weights of all that was added */
    [[nodiscard]] rgb mean(std::uint32_t weights) const noexcept
    {
        const auto level = [weights](std::uint32_t sum) {
            return static_cast<std::uint8_t>((sum + weights / 2) / weights);
        };
        return {level(red), level(green), level(blue)};
    }
};

/**
 * On a ruler where a pixel of @p from is as long as @p to has pixels, and the
 * other way round, both rows are equally long and all overlaps whole numbers.
 */
void scale_row(std::span<const rgb> from, std::span<rgb> to) noexcept
{
    const std::uint64_t from_length = to.size();
    const std::uint64_t to_length = from.size();
    for (std::size_t i = 0; i < to.size(); ++i) {
        const std::uint64_t end = (i + 1) * to_length;
        weighted_sum sum;
        for (std::uint64_t at = i * to_length; at < end;) {
            const std::uint64_t source = at / from_length;
            const std::uint64_t next = std::min(end, (source + 1) * from_length);
            sum.add(from[static_cast<std::size_t>(source)], static_cast<std::uint32_t>(next - at));
            at = next;
        }
        to[i] = sum.mean(static_cast<std::uint32_t>(to_length));
    }
}

picture with_width(const picture& from, std::uint32_t width)
{
    picture wanted({width, from.size().height});
    for (std::uint32_t y = 0; y < from.size().height; ++y) {
        scale_row(from.row(y), wanted.row(y));
    }
    return wanted;
}

/** @return @p side times @p numerator / @p denominator, rounded, and not 0 */
std::uint32_t proportion(std::uint32_t side, std::uint64_t numerator, std::uint64_t denominator)
{
    const std::uint64_t rounded = (side * numerator + denominator / 2) / denominator;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(rounded, 1));
}

} // namespace

picture scaled(const picture& from, extent size)
{
    return transposed(with_width(transposed(with_width(from, size.width)), size.height));
}

extent fitting(extent from, extent room) noexcept
{
    const bool wider =
        std::uint64_t{from.width} * room.height > std::uint64_t{from.height} * room.width;
    return wider ? extent{room.width, proportion(room.width, from.height, from.width)}
                 : extent{proportion(room.height, from.width, from.height), room.height};
}

picture centred(const picture& from, extent size)
{
    picture whole(size);
    const std::uint32_t left = (size.width - from.size().width) / 2;
    const std::uint32_t top = (size.height - from.size().height) / 2;
    for (std::uint32_t y = 0; y < from.size().height; ++y) {
        const std::span<const rgb> row = from.row(y);
        std::copy(row.begin(), row.end(), whole.row(top + y).subspan(left).begin());
    }
    return whole;
}

} // namespace memlane::tool
