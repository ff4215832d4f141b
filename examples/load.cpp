// SPDX-License-Identifier: LGPL-2.1-or-later
// Fills memory from a file or a block device; what the file is too short for
// stays as it is.
#include <memlane/transfer.hpp>
#include <memlane/units.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv)
try {
    if (argc != 3) {
        std::cerr << "usage: load FILE SRC\n";
        return 2;
    }
    const auto memory = memlane::open_source(argv[2], memlane::access_mode::read_write);
    const memlane::transfer_result result = memlane::load(argv[1], *memory);
    std::cout << "loaded " << memlane::format_bytes(result.bytes) << " of "
              << memlane::format_bytes(memory->size_bytes()) << " by way " << to_string(result.used)
              << '\n';
    return 0;
} catch (const std::exception& e) {
    std::cerr << "load: " << e.what() << '\n';
    return 1;
}
