// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A file that changes as a whole or not at all.
#ifndef MEMLANE_LIB_REPLACEMENT_HPP
#define MEMLANE_LIB_REPLACEMENT_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "memlane/unique_fd.hpp"

namespace memlane::detail {

/** Is written beside the file that it shall replace, and gone unless it does. */
class replacement final {
public:
    /** @throws error as open(2) */
    explicit replacement(std::string path);
    replacement(replacement&& other) noexcept;
    replacement& operator=(replacement&&) = delete;
    ~replacement();

    /** @return where it is written. */
    [[nodiscard]] const std::string& path() const noexcept { return fresh_; }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /** @throws error as pwrite(2) */
    void write(std::span<const std::byte> bytes, std::uint64_t offset);

    /** Waits until it is on the device. @throws error as fsync(2) */
    void sync();

    /** @throws error as rename(2) */
    void take_its_place();

private:
    std::string path_;
    std::string fresh_;
    unique_fd fd_;
    bool done_ = false;
};

/** Makes names in the folder that holds @p path as durable as what they name. @throws error */
void sync_folder_of(const std::string& path);

} // namespace memlane::detail

#endif // MEMLANE_LIB_REPLACEMENT_HPP
