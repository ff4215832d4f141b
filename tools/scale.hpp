// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_SCALE_HPP
#define MEMLANE_TOOLS_SCALE_HPP

#include "picture.hpp"

namespace memlane::tool {

/** @return @p from at another size; each pixel is the mean of the area it covers. */
[[nodiscard]] picture scaled(const picture& from, extent size);

/** @return the largest size with the aspect of @p from that fits into @p room. */
[[nodiscard]] extent fitting(extent from, extent room) noexcept;

/** @return @p from in the middle of a black picture. @param size no less than that of @p from */
[[nodiscard]] picture centred(const picture& from, extent size);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_SCALE_HPP
