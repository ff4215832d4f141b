// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks each way whether it leads from some memory to a file, and saves by the
// first that does. memlane::save() alone does the same, silently.
#include <memlane/direct_file.hpp>
#include <memlane/transfer.hpp>
#include <memlane/way.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

memlane::way_kind choose(const memlane::source& memory, const std::string& path)
{
    // A file that is made for the question is gone again when it is answered.
    const memlane::direct_file file(path, memlane::file_use::target);
    auto best = memlane::way_kind::automatic;
    for (const memlane::way* each : memlane::ways()) {
        const memlane::verdict found = each->probe(memory, file, {0, memory.size_bytes(), 0});
        std::cout << to_string(each->kind()) << (found.works ? ": yes, " : ": no, ") << found.reason
                  << '\n';
        if (found.works && best == memlane::way_kind::automatic) {
            best = each->kind();
        }
    }
    return best;
}

} // namespace

int main(int argc, char** argv)
try {
    if (argc != 3) {
        std::cerr << "usage: choose_way SRC FILE\n";
        return 2;
    }
    const auto memory = memlane::open_source(argv[1]);
    memlane::transfer_options options;
    options.requested = choose(*memory, argv[2]);
    const memlane::transfer_result result = memlane::save(*memory, argv[2], options);
    std::cout << "saved by " << to_string(result.used) << '\n';
    return 0;
} catch (const std::exception& e) {
    std::cerr << "choose_way: " << e.what() << '\n';
    return 1;
}
