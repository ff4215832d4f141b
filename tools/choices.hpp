// SPDX-License-Identifier: GPL-2.0-or-later
//
// Values of which an option takes one. Options, pages and completions have
// them from here.
#ifndef MEMLANE_TOOLS_CHOICES_HPP
#define MEMLANE_TOOLS_CHOICES_HPP

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "frame_content.hpp"
#include "memlane/checksum.hpp"
#include "memlane/pixel.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/way.hpp"
#include "patterns.hpp"

namespace memlane::tool {

inline constexpr std::array way_choices = {way_kind::automatic, way_kind::kernel,
                                           way_kind::direct,    way_kind::bounce,
                                           way_kind::buffered,  way_kind::stream};

inline constexpr std::array checksum_choices = {checksum_kind::crc32c, checksum_kind::sha256,
                                                checksum_kind::xxh3};

inline constexpr std::array format_choices = {pixel_format::xrgb8888, pixel_format::rgb565,
                                              pixel_format::rgb888, pixel_format::gray8};

inline constexpr std::array pattern_choices = {pattern_kind::card, pattern_kind::gradient,
                                               pattern_kind::noise, pattern_kind::bars,
                                               pattern_kind::text};

inline constexpr std::array content_choices = {frame_content::counter, frame_content::noise,
                                               frame_content::zero};

inline constexpr std::array policy_choices = {drop_policy::newest, drop_policy::oldest};

inline constexpr std::array width_choices = {1U, 2U, 4U, 8U};

/**
 * @param type of an option's value, as help shows it: "WAY"
 * @return all there are, or nothing where the value is free; of a PICTURE the
 *         names, besides which it can be a file
 */
[[nodiscard]] std::vector<std::string> choices(std::string_view type);

/** @return the choices as words: "1, 2, 4 or 8". */
[[nodiscard]] std::string enumerate_choices(std::string_view type);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_CHOICES_HPP
