// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A file that is a screen, and "memlane view" showing it.
#ifndef MEMLANE_TESTS_UNIT_VIEWED_HPP
#define MEMLANE_TESTS_UNIT_VIEWED_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.hpp"
#include "memlane/screen.hpp"
#include "viewer.hpp"

/// Memory in /dev/shm, mapped here. Gone at scope end.
class screen_file {
public:
    explicit screen_file(const memlane::geometry& as)
        : as_(as), fd_(::mkstemp(path_.data())), bytes_(fd_, grown(), PROT_READ | PROT_WRITE)
    {
    }
    screen_file(const screen_file&) = delete;
    screen_file& operator=(const screen_file&) = delete;
    ~screen_file() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const memlane::geometry& as() const { return as_; }
    [[nodiscard]] std::size_t size() const { return bytes_.bytes().size(); }

    /// @return the bytes of a pixel.
    [[nodiscard]] unsigned char* at(std::uint32_t x, std::uint32_t y)
    {
        return &bytes_[y * memlane::stride_of(as_) + x * memlane::layout_of(as_.format).bytes()];
    }

    void set(std::uint32_t x, std::uint32_t y, std::array<unsigned char, 4> bytes)
    {
        std::copy_n(bytes.begin(), memlane::layout_of(as_.format).bytes(), at(x, y));
    }

    void cut_to(std::size_t bytes) const
    {
        if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) {
            throw std::runtime_error("cannot cut the file");
        }
    }

private:
    [[nodiscard]] std::size_t grown() const
    {
        cut_to(memlane::size_of(as_));
        return memlane::size_of(as_);
    }

    memlane::geometry as_;
    std::string path_ = "/dev/shm/memlane-view.XXXXXX";
    guest::fd fd_;
    guest::mapping bytes_;
};

/// "memlane view" of a screen_file.
class viewer : public guest::viewer {
public:
    explicit viewer(const screen_file& shown, const std::vector<std::string>& more = {})
        : guest::viewer(arguments(shown, more))
    {
    }

private:
    static std::vector<std::string> arguments(const screen_file& shown,
                                              const std::vector<std::string>& more)
    {
        const memlane::geometry& as = shown.as();
        std::vector<std::string> all = {
            "file:" + shown.path(), "--format", std::string(memlane::to_string(as.format)),
            "--geometry", std::to_string(as.size.width) + "x" + std::to_string(as.size.height)};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

#endif
