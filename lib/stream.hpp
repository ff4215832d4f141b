// SPDX-License-Identifier: LGPL-2.1-or-later
//
// save() and load() through a descriptor without offsets; see memlane/transfer.hpp.
#ifndef MEMLANE_LIB_STREAM_HPP
#define MEMLANE_LIB_STREAM_HPP

#include <string>

#include "memlane/transfer.hpp"

namespace memlane::detail {

/**
 * Opens what a path names if it is a stream: "-", or a FIFO, whose other end is
 * waited for.
 *
 * @param mode read_write to write to it
 * @return nothing if it is none
 * @throws error as open(2)
 */
[[nodiscard]] unique_fd open_stream(const std::string& path, access_mode mode);

/** @param label what people call the stream */
transfer_result save_stream(const source& memory, int fd, const std::string& label,
                            const transfer_options& options);

transfer_result load_stream(int fd, const std::string& label, const source& memory,
                            const transfer_options& options);

} // namespace memlane::detail

#endif // MEMLANE_LIB_STREAM_HPP
