// SPDX-License-Identifier: GPL-2.0-or-later
//
// The pictures that the command draws itself.
#ifndef MEMLANE_TOOLS_PATTERNS_HPP
#define MEMLANE_TOOLS_PATTERNS_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canvas.hpp"
#include "picture.hpp"

namespace memlane::tool {

enum class pattern_kind { card, gradient, noise, bars, text };

/** @return "card", "gradient", "noise", "bars" or "text". */
[[nodiscard]] std::string_view to_string(pattern_kind kind) noexcept;

/** Pictures one after the other; each depends on its number and nothing else. */
class animation {
public:
    animation() = default;
    animation(const animation&) = delete;
    animation& operator=(const animation&) = delete;
    virtual ~animation() = default;

    /** @return a frame, valid until the next call. */
    [[nodiscard]] virtual const picture& frame(std::uint64_t number) = 0;

    /** @return where frames differ; none, if they do not. */
    [[nodiscard]] virtual std::vector<box> moving() const = 0;
};

/** @return @p content, whatever the frame. */
[[nodiscard]] std::unique_ptr<animation> make_still(picture content);

/** What patterns are drawn for. */
struct pattern_setting {
    extent size;
    std::string label; /**< the geometry in words, for the card */
    std::string text;  /**< for the text; with line breaks */
};

[[nodiscard]] std::unique_ptr<animation> make_pattern(pattern_kind kind,
                                                      const pattern_setting& setting);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PATTERNS_HPP
