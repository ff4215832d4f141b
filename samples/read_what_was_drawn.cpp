// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads what map_and_draw drew, with read() in pieces that fit no page, and
// finds the end as that of a file.
#include <vector>

#include "sample.hpp"

int main(int argc, char** argv)
{
    using namespace sample;

    const int device = open_device(argc, argv, O_RDONLY);
    const off_t size = size_of(device);
    std::vector<unsigned char> piece(1000);
    off_t position = 0;
    while (position < size) {
        const ssize_t count = ::read(device, piece.data(), piece.size());
        const off_t left = size - position;
        expect(count == (left < 1000 ? left : 1000), "read gives all that is asked for or left");
        for (ssize_t i = 0; i < count; ++i) {
            expect(piece[static_cast<std::size_t>(i)] == ink(position + i),
                   "each byte is as it was drawn");
        }
        position += count;
        expect(::lseek(device, 0, SEEK_CUR) == position, "the position moves by what was read");
    }
    expect(::read(device, piece.data(), piece.size()) == 0, "at the end there is nothing to read");

    ::close(device);
    std::printf("%s: read %lld bytes, all as drawn\n", argv[1], static_cast<long long>(position));
}
