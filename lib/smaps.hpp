// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_SMAPS_HPP
#define MEMLANE_LIB_SMAPS_HPP

#include <sys/types.h>

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace memlane::detail {

/** One entry of /proc/PID/smaps. */
struct vm_area {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::string permissions; // "r--s"
    std::uint64_t offset = 0;
    std::string path; // may be empty
    std::uint64_t page_bytes = 0;
    std::vector<std::string> flags;

    [[nodiscard]] bool has(std::string_view flag) const;
};

/** @return the entry with @p address in a text like /proc/PID/smaps. */
[[nodiscard]] std::optional<vm_area> find_area(std::istream& smaps, std::uint64_t address);

/** @throws error EACCES, ESRCH; ENOENT when nothing is mapped there */
[[nodiscard]] vm_area read_area(pid_t pid, std::uint64_t address);

} // namespace memlane::detail

#endif // MEMLANE_LIB_SMAPS_HPP
