// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <optional>

#include "hexdump.hpp"
#include "memlane/source.hpp"
#include "output.hpp"
#include "verb.hpp"
#include "words.hpp"

namespace memlane::tool {

namespace {

struct dump_range {
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
};

void dump(const source& memory, std::uint64_t start, std::uint64_t end, unsigned width,
          hex_dumper& dumper)
{
    for_each_piece(memory, start, end - start, width, [&](std::uint64_t at, auto bytes) {
        for (std::size_t i = 0; i < bytes.size(); i += hex_row_bytes) {
            dumper.add(at + i, bytes.subspan(i, std::min(hex_row_bytes, bytes.size() - i)));
        }
    });
    dumper.finish(end);
}

void run(CLI::App& app, const arguments& args)
{
    std::string name;
    dump_range range;
    unsigned width = 1;
    bool all = false;
    add_source(app, "SRC", name);
    add_bytes(app, "--offset", range.offset, "First byte [0]");
    add_bytes(app, "--length", range.length, "Bytes [to the end]");
    add_width(app, width);
    app.add_flag("--all", all, "Show repeated lines too, instead of one '*'");
    parse(app, args);
    require_multiple("--offset", range.offset, width);
    require_multiple("--length", range.length.value_or(0), width);

    const auto memory = open_source(name);
    const std::uint64_t size = memory->size_bytes();
    const std::uint64_t length = range.length.value_or(size - std::min(size, range.offset));
    check_range(*memory, range.offset, length, "dump");
    hex_dumper dumper(width, !all, [](std::string_view line) { put_line(line); });
    dump(*memory, range.offset, range.offset + length, width, dumper);
}

} // namespace

const verb dump_verb = {"dump", "Show memory as hex and ASCII", run};

} // namespace memlane::tool
