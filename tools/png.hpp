// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_PNG_HPP
#define MEMLANE_TOOLS_PNG_HPP

#include <string>

#include "memlane/direct_file.hpp"
#include "picture.hpp"

namespace memlane::tool {

/**
 * Reads any PNG: what is not 8-bit RGB is converted, what is transparent is
 * composited on black.
 *
 * @throws error EINVAL when it is no PNG; EBADMSG when it is damaged, with
 *         libpng's reason; EFBIG with more than 65535 pixels a side; ENOMEM
 *         when decoding would take more than 1 GiB; those of open(2), read(2)
 */
[[nodiscard]] picture read_png(const std::string& path);

/**
 * Writes 8-bit RGB.
 *
 * A regular file appears, or is replaced, once all is written; after a failure
 * everything is as it was. A FIFO and a device are written as they are.
 *
 * @param path or "-" for standard output
 * @param mode permissions of a file that is made
 * @throws error those of open(2), write(2), fsync(2) and rename(2)
 */
void write_png(const picture& content, const std::string& path, std::uint32_t mode = private_mode);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PNG_HPP
