// SPDX-License-Identifier: LGPL-2.1-or-later
// Saves memory to a file or a block device, by the first way that works.
#include <memlane/error.hpp>
#include <memlane/transfer.hpp>
#include <memlane/units.hpp>

#include <chrono>
#include <exception>
#include <iostream>

int main(int argc, char** argv)
try {
    if (argc != 3) {
        std::cerr << "usage: save SRC FILE\n";
        return 2;
    }
    memlane::transfer_options options;
    options.progress = [](const memlane::transfer_progress& now) {
        std::cerr << '\r' << memlane::format_bytes(now.done_bytes) << " of "
                  << memlane::format_bytes(now.total_bytes) << "   ";
    };

    const auto memory = memlane::open_source(argv[1]);
    const memlane::transfer_result result = memlane::save(*memory, argv[2], options);

    const std::chrono::duration<double, std::milli> elapsed = result.elapsed;
    std::cout << "\nsaved " << memlane::format_bytes(result.bytes) << " in " << elapsed.count()
              << " ms by way " << to_string(result.used) << ": " << result.reason << '\n';
    return 0;
} catch (const memlane::transfer_error& e) {
    // It began, so part of the memory is in the file.
    std::cerr << "\nsave: " << e.what() << '\n';
    return e.done_bytes() == 0 ? 1 : 3;
} catch (const std::exception& e) {
    std::cerr << "save: " << e.what() << '\n';
    return 1;
}
