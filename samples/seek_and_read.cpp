// SPDX-License-Identifier: GPL-2.0-or-later
//
// Seeks in the memory as in a file and reads parts of what map_and_draw drew.
#include "sample.hpp"

namespace {

using sample::expect;
using sample::ink;

void expect_read(int device, off_t position, off_t count)
{
    unsigned char part[16];
    expect(::read(device, part, sizeof(part)) == count, "read stops at the end");
    for (off_t i = 0; i < count; ++i) {
        expect(part[i] == ink(position + i), "each byte is that of its position");
    }
}

void expect_refusal(int device, off_t offset, int whence, const char* expected)
{
    const off_t before = ::lseek(device, 0, SEEK_CUR);
    expect(::lseek(device, offset, whence) == -1 && errno == EINVAL, expected);
    expect(::lseek(device, 0, SEEK_CUR) == before, "a seek that is refused moves nothing");
}

} // namespace

int main(int argc, char** argv)
{
    const int device = sample::open_device(argc, argv, O_RDONLY);
    const off_t size = sample::size_of(device);

    expect(::lseek(device, size / 2, SEEK_SET) == size / 2, "SEEK_SET goes to the middle");
    expect_read(device, size / 2, 16);
    expect(::lseek(device, -8, SEEK_CUR) == size / 2 + 8, "SEEK_CUR goes back");
    expect_read(device, size / 2 + 8, 16);
    expect(::lseek(device, -5, SEEK_END) == size - 5, "SEEK_END goes near the end");
    expect_read(device, size - 5, 5);
    expect(::lseek(device, 0, SEEK_END) == size, "the end itself can be gone to");
    expect_read(device, size, 0);

    expect_refusal(device, -1, SEEK_SET, "a seek before the start is refused");
    expect_refusal(device, size + 1, SEEK_SET, "a seek past the end is refused");
    expect_refusal(device, 1, SEEK_END, "a seek past the end, from there, is refused");
    expect_refusal(device, -size - 1, SEEK_END,
                   "a seek before the start, from the end, is refused");
    expect_refusal(device, 1, SEEK_CUR, "a seek past the end, from here, is refused");

    ::close(device);
    std::printf("%s: sought and read in %lld bytes\n", argv[1], static_cast<long long>(size));
}
