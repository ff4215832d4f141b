// SPDX-License-Identifier: LGPL-2.1-or-later
//
// save() and load() for any memory behind a descriptor; see memlane/transfer.hpp.
#ifndef MEMLANE_LIB_TRANSFER_HPP
#define MEMLANE_LIB_TRANSFER_HPP

#include <string>

#include "job.hpp"

namespace memlane::detail {

transfer_result save(const memory& source, const std::string& path,
                     const transfer_options& options);

transfer_result load(const std::string& path, const memory& target,
                     const transfer_options& options);

} // namespace memlane::detail

#endif // MEMLANE_LIB_TRANSFER_HPP
