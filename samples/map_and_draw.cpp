// SPDX-License-Identifier: GPL-2.0-or-later
//
// Draws straight into the memory that the kernel holds: one mmap, then plain
// stores, and no write() that would copy the picture.
#include <sys/mman.h>

#include "sample.hpp"

int main(int argc, char** argv)
{
    using namespace sample;

    const int device = open_device(argc, argv, O_RDWR);
    const off_t size = size_of(device);
    const auto length = static_cast<std::size_t>(size);
    void* const memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
    expect(memory != MAP_FAILED, "the whole device can be mapped");

    auto* const pixels = static_cast<unsigned char*>(memory);
    for (off_t i = 0; i < size; ++i) {
        pixels[i] = ink(i);
    }

    // read() and the mapping are two views of one memory, both at once.
    unsigned char seen = 0;
    expect(::pread(device, &seen, 1, size - 1) == 1 && seen == ink(size - 1),
           "read sees what was drawn");
    const auto other = static_cast<unsigned char>(~seen);
    expect(::pwrite(device, &other, 1, size - 1) == 1 && pixels[size - 1] == other,
           "the mapping sees what was written");
    pixels[size - 1] = seen;

    expect(::mmap(nullptr, length + 1, PROT_READ, MAP_SHARED, device, 0) == MAP_FAILED &&
               errno == EINVAL,
           "a mapping past the end is refused");
    expect(::mmap(nullptr, 1, PROT_READ, MAP_SHARED, device, size) == MAP_FAILED && errno == EINVAL,
           "a mapping from the end on is refused");

    ::munmap(memory, length);
    ::close(device);
    std::printf("%s: drew %lld bytes\n", argv[1], static_cast<long long>(size));
}
