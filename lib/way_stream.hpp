// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_WAY_STREAM_HPP
#define MEMLANE_LIB_WAY_STREAM_HPP

#include <string_view>

#include "job.hpp"

namespace memlane::detail {

/** How bytes get into a descriptor that has no offsets. */
enum class stream_method {
    splice,   /**< sendfile(2): pages of the source's descriptor, no copy */
    vmsplice, /**< pages of a mapping, no copy */
    write,    /**< write(2) of a copy */
};

/** @return how it is done, in words. */
[[nodiscard]] std::string_view to_string(stream_method method) noexcept;

/**
 * @param fd to write to; -1 stands for a pipe
 * @return the best method for that source, found out by trying
 */
[[nodiscard]] stream_method choose_stream_method(const source& memory, int fd);

} // namespace memlane::detail

#endif // MEMLANE_LIB_WAY_STREAM_HPP
