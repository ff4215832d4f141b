// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells what can be done with memory, why, and what would make it better.
// TARGET is a directory, a file or a block device; none of its data changes.
#include <memlane/diagnosis.hpp>
#include <memlane/error.hpp>
#include <memlane/units.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv)
try {
    if (argc != 3) {
        std::cerr << "usage: diagnose SRC TARGET\n";
        return 2;
    }
    const auto memory = memlane::open_source(argv[1]);
    const memlane::diagnosis found = memlane::diagnose(*memory, argv[2]);

    std::cout << found.subject << ": " << memlane::format_bytes(found.size_bytes) << ", "
              << (found.memory.page_backed ? "with" : "without") << " struct pages, "
              << to_string(found.memory.cache) << '\n'
              << found.pinning.what << ": "
              << (found.pinning.errnum == 0 ? "works"
                                            : memlane::describe_errno(found.pinning.errnum))
              << '\n'
              << found.target.path << ": " << found.target.file_system << ", "
              << (found.target.direct ? "direct I/O" : "no direct I/O") << '\n';
    for (const memlane::way_verdict& each : found.ways) {
        std::cout << to_string(each.which) << (each.found.works ? ": yes, " : ": no, ")
                  << each.found.reason << '\n';
    }
    std::cout << "best: " << to_string(found.best) << '\n';
    for (const std::string& sentence : found.advice) {
        std::cout << sentence << '\n';
    }
    return found.best == memlane::way_kind::automatic ? 1 : 0;
} catch (const std::exception& e) {
    std::cerr << "diagnose: " << e.what() << '\n';
    return 1;
}
