// SPDX-License-Identifier: LGPL-2.1-or-later
// Maps memory and draws into it: WIDTH x HEIGHT pixels of 32 bits (0x00RRGGBB),
// blue from left to right, red from top to bottom.
#include <memlane/source.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv)
try {
    if (argc != 4) {
        std::cerr << "usage: draw SRC WIDTH HEIGHT\n";
        return 2;
    }
    const std::size_t width = std::stoul(argv[2]);
    const std::size_t height = std::stoul(argv[3]);

    const auto memory = memlane::open_source(argv[1], memlane::access_mode::read_write);
    // A picture that is larger than the memory ends here, with an error.
    const memlane::mapping map = memory->map(0, width * height * sizeof(std::uint32_t));
    const std::span<std::byte> bytes = map.bytes();
    const std::span pixels(reinterpret_cast<std::uint32_t*>(bytes.data()),
                           bytes.size() / sizeof(std::uint32_t));

    // Whole pixels, in the order of their addresses: device memory likes that.
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const std::size_t blue = i % width * 256 / width;
        const std::size_t red = i / width * 256 / height;
        pixels[i] = static_cast<std::uint32_t>(red << 16 | blue);
    }
    return 0;
} catch (const std::exception& e) {
    std::cerr << "draw: " << e.what() << '\n';
    return 1;
}
