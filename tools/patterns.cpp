// SPDX-License-Identifier: GPL-2.0-or-later
#include "patterns.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "card.hpp"
#include "memlane/pattern.hpp"
#include "text_pattern.hpp"

namespace memlane::tool {

namespace {

constexpr std::array<std::string_view, 5> names = {"card", "gradient", "noise", "bars", "text"};

class still_picture final : public animation {
public:
    explicit still_picture(picture content) : content_(std::move(content)) {}

    const picture& frame(std::uint64_t /*number*/) override { return content_; }
    [[nodiscard]] std::vector<box> moving() const override { return {}; }

private:
    picture content_;
};

/** Moves to the left; what leaves comes in again at the right. */
class scrolling_picture final : public animation {
public:
    explicit scrolling_picture(picture content) : content_(std::move(content)), shown_(content_) {}

    const picture& frame(std::uint64_t number) override
    {
        const extent size = content_.size();
        const auto shift = static_cast<std::ptrdiff_t>(number * pixels_a_frame % size.width);
        for (std::uint32_t y = 0; y < size.height; ++y) {
            const std::span<const rgb> row = std::as_const(content_).row(y);
            std::rotate_copy(row.begin(), row.begin() + shift, row.end(), shown_.row(y).begin());
        }
        return shown_;
    }

    [[nodiscard]] std::vector<box> moving() const override { return {whole(content_.size())}; }

private:
    static constexpr std::uint64_t pixels_a_frame = 4;

    picture content_;
    picture shown_;
};

class noise final : public animation {
public:
    explicit noise(extent size) : shown_(size) {}

    const picture& frame(std::uint64_t number) override
    {
        std::uint64_t state = pattern_word(number, 0) | 1U; // which 0 would stay for ever
        for (std::uint32_t y = 0; y < shown_.size().height; ++y) {
            for (rgb& pixel : shown_.row(y)) {
                state = next(state);
                pixel = {static_cast<std::uint8_t>(state >> 56U),
                         static_cast<std::uint8_t>(state >> 48U),
                         static_cast<std::uint8_t>(state >> 40U)};
            }
        }
        return shown_;
    }

    [[nodiscard]] std::vector<box> moving() const override { return {whole(shown_.size())}; }

private:
    /** Marsaglia's xorshift. */
    static std::uint64_t next(std::uint64_t state) noexcept
    {
        state ^= state << 13U;
        state ^= state >> 7U;
        return state ^ state << 17U;
    }

    picture shown_;
};

/** @return 0 at the first of @p count places, 255 at the last */
std::uint8_t ramp(std::uint64_t place, std::uint64_t count)
{
    return static_cast<std::uint8_t>(count > 1 ? place * 255 / (count - 1) : 0);
}

/** Red from left to right, blue against it, green from top to bottom. */
picture draw_gradient(extent size)
{
    picture drawn(size);
    for (std::uint32_t y = 0; y < size.height; ++y) {
        const std::uint8_t green = ramp(y, size.height);
        const std::span<rgb> row = drawn.row(y);
        for (std::size_t x = 0; x < row.size(); ++x) {
            const std::uint8_t red = ramp(x, size.width);
            row[x] = {red, green, static_cast<std::uint8_t>(255 - red)};
        }
    }
    return drawn;
}

picture draw_bars(extent size)
{
    picture drawn(size);
    draw_colour_bars(drawn, whole(size));
    return drawn;
}

} // namespace

std::string_view to_string(pattern_kind kind) noexcept
{
    return names[static_cast<std::size_t>(kind)];
}

std::unique_ptr<animation> make_still(picture content)
{
    return std::make_unique<still_picture>(std::move(content));
}

std::unique_ptr<animation> make_pattern(pattern_kind kind, const pattern_setting& setting)
{
    switch (kind) {
    case pattern_kind::card:
        return make_card(setting);
    case pattern_kind::gradient:
        return std::make_unique<scrolling_picture>(draw_gradient(setting.size));
    case pattern_kind::noise:
        return std::make_unique<noise>(setting.size);
    case pattern_kind::bars:
        return std::make_unique<scrolling_picture>(draw_bars(setting.size));
    case pattern_kind::text:
        break;
    }
    return std::make_unique<scrolling_picture>(draw_wrapped(setting.text, setting.size));
}

} // namespace memlane::tool
