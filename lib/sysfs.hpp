// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Attributes of sysfs and configfs: files of one short text each.
#ifndef MEMLANE_LIB_SYSFS_HPP
#define MEMLANE_LIB_SYSFS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace memlane::detail {

inline constexpr const char* class_directory = "/sys/class/memlane";
inline constexpr const char* module_directory = "/sys/module/memlane";
inline constexpr const char* configfs_directory = "/sys/kernel/config/memlane";

/** @return whether there is a file or directory; not, when it cannot be told. */
[[nodiscard]] bool exists(const std::string& path);

/** @return the sorted names in a directory; none, when it is not there or not for us. */
[[nodiscard]] std::vector<std::string> list_names(const std::string& directory);

/** @return the text without its newline. @throws error as open(2), read(2) */
[[nodiscard]] std::string read_attribute(const std::string& path);

/** @return a decimal or 0x-hex value. @throws error; EPROTO when it is no number */
[[nodiscard]] std::uint64_t read_number(const std::string& path);

/** @return a number as read_number(), nothing where it is not there or not for us. */
[[nodiscard]] std::optional<std::uint64_t> read_optional_number(const std::string& path);

/** @return 0 or the errno of open(2), write(2). */
[[nodiscard]] int write_attribute(const std::string& path, std::string_view value);

} // namespace memlane::detail

#endif // MEMLANE_LIB_SYSFS_HPP
