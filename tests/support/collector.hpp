// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_SUPPORT_COLLECTOR_HPP
#define MEMLANE_TESTS_SUPPORT_COLLECTOR_HPP

#include <array>
#include <thread>
#include <vector>

#include <unistd.h>

namespace guest {

/// Reads all that comes out of a descriptor, on a thread of its own.
class collector {
public:
    explicit collector(int fd) : reader_([this, fd] { read_all(fd); }) {}

    /// @return what came, once the other end is closed. To be called once.
    std::vector<unsigned char> bytes()
    {
        reader_.join();
        return std::move(bytes_);
    }

private:
    void read_all(int fd)
    {
        std::array<unsigned char, 65536> part;
        for (ssize_t got = 0; (got = ::read(fd, part.data(), part.size())) > 0;) {
            bytes_.insert(bytes_.end(), part.begin(), part.begin() + got);
        }
    }

    std::vector<unsigned char> bytes_;
    std::thread reader_;
};

} // namespace guest

#endif
