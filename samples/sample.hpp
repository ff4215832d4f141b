// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the programs here share: a device that is open, what is drawn in it,
// and how one tells that something is not as it should be.
#ifndef MEMLANE_SAMPLES_SAMPLE_HPP
#define MEMLANE_SAMPLES_SAMPLE_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sample {

/** Ends the program, with what was expected, unless it is so. */
inline void expect(bool is_so, const char* expected)
{
    if (!is_so) {
        std::fprintf(stderr, "not so: %s (errno: %s)\n", expected, std::strerror(errno));
        std::exit(1);
    }
}

/** @return the device that the command line names. */
inline int open_device(int argc, char** argv, int flags)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DEVICE, as /dev/memlane/NAME\n", argv[0]);
        std::exit(2);
    }
    const int device = ::open(argv[1], flags | O_CLOEXEC);
    expect(device >= 0, "the device can be opened");
    return device;
}

/** @return its size in bytes; the position is 0 again afterwards. */
inline off_t size_of(int device)
{
    const off_t size = ::lseek(device, 0, SEEK_END);
    expect(size > 0, "SEEK_END tells the size");
    expect(::lseek(device, 0, SEEK_SET) == 0, "SEEK_SET goes back");
    return size;
}

/** What is drawn at a byte of the device: stripes that differ on each page. */
inline unsigned char ink(off_t offset)
{
    return static_cast<unsigned char>(offset * 7 + offset / 4096 + 1);
}

} // namespace sample

#endif // MEMLANE_SAMPLES_SAMPLE_HPP
