// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_TARGET_PROBE_HPP
#define MEMLANE_LIB_TARGET_PROBE_HPP

#include <string>

#include "memlane/diagnosis.hpp"
#include "memlane/direct_file.hpp"

namespace memlane::detail {

/**
 * A file to try things on: one without a name in the directory of a target, or
 * the target itself, for reading only, if it is a block device.
 */
class target_probe final {
public:
    /** @throws error as open(2) */
    explicit target_probe(const std::string& target);

    [[nodiscard]] const target_facts& facts() const noexcept { return facts_; }
    [[nodiscard]] direct_file& file() noexcept { return file_; }

    /** @return whether something may be written to it. */
    [[nodiscard]] bool is_writable() const noexcept { return nameless_.get() >= 0; }

private:
    target_probe(const std::string& target, unique_fd nameless);

    unique_fd nameless_; // keeps the file alive
    direct_file file_;
    target_facts facts_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_TARGET_PROBE_HPP
