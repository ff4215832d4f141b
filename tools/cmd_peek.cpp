// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "memlane/source.hpp"
#include "output.hpp"
#include "verb.hpp"
#include "words.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    std::string name;
    std::uint64_t offset = 0;
    std::uint32_t count = 1;
    unsigned width = 4;
    add_source(app, "SRC", name);
    add_bytes(app, "OFFSET", offset, "Byte in the source, a multiple of the width")->required();
    add_width(app, width);
    add_bytes(app, "--count", count, "Words [1]");
    parse(app, args);
    require_multiple("OFFSET", offset, width);

    const auto memory = open_source(name);
    const std::uint64_t length = std::uint64_t{count} * width;
    check_range(*memory, offset, length, "peek");
    for_each_piece(*memory, offset, length, width, [&](std::uint64_t at, auto bytes) {
        for (std::size_t i = 0; i < bytes.size(); i += width) {
            put_line(fmt::format("{:#010x}: {:#0{}x}", at + i, word_of(bytes.subspan(i, width)),
                                 2 + 2 * width));
        }
    });
}

} // namespace

const verb peek_verb = {"peek", "Read words, one access each", run};

} // namespace memlane::tool
