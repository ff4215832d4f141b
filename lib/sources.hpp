// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The kinds of source, one file each: source_KIND.cpp.
#ifndef MEMLANE_LIB_SOURCES_HPP
#define MEMLANE_LIB_SOURCES_HPP

#include <cstdint>
#include <memory>
#include <string>

#include "memlane/source.hpp"
#include "uri_text.hpp"

namespace memlane::detail {

[[nodiscard]] std::unique_ptr<source> open_dax(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_device(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_fb(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_file(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_memfd(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_pci(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_phys(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_u_dma_buf(uri_text text, access_mode mode);
[[nodiscard]] std::unique_ptr<source> open_uio(uri_text text, access_mode mode);

/** No physical address is this high on a machine of today; kernel addresses are. */
inline constexpr std::uint64_t physical_end = std::uint64_t{1} << 52U;

/** @return whether people mean a path, and not a region's name, node, or URI. */
[[nodiscard]] bool is_path(std::string_view text);

/** See source_uri(). @throws error EINVAL */
[[nodiscard]] std::string uri_of_path(const std::string& path);

/** @throws error as open(2), with @p hint about what was looked for; EINVAL for a FIFO */
[[nodiscard]] unique_fd open_for(const std::string& path, access_mode mode,
                                 const std::string& hint = {});

/** @return "there are: a, b" or "there is none" of what stands in @p directory. */
[[nodiscard]] std::string list_present(const std::string& directory);

} // namespace memlane::detail

#endif // MEMLANE_LIB_SOURCES_HPP
