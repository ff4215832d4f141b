// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <limits>

#include "memlane/memory_writer.hpp"
#include "memlane/source.hpp"
#include "verb.hpp"
#include "words.hpp"

namespace memlane::tool {

namespace {

std::vector<std::uint64_t> parse_values(const std::vector<std::string>& texts, unsigned width)
{
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> (64 - 8 * width);
    std::vector<std::uint64_t> values(texts.size());
    std::transform(texts.begin(), texts.end(), values.begin(),
                   [&](const std::string& text) { return parse_number("VALUE", text, most); });
    return values;
}

void run(CLI::App& app, const arguments& args)
{
    std::string name;
    std::uint64_t offset = 0;
    std::vector<std::string> texts;
    unsigned width = 4;
    add_source(app, "SRC", name);
    add_bytes(app, "OFFSET", offset, "Byte in the source, a multiple of the width")->required();
    add_required(app, "VALUE", texts, "Words, written one behind the other");
    add_width(app, width);
    parse(app, args);
    require_multiple("OFFSET", offset, width);
    const std::vector<std::uint64_t> values = parse_values(texts, width);

    const auto memory = open_source(name, access_mode::read_write);
    const std::size_t length = values.size() * width;
    check_range(*memory, offset, length, "poke");
    std::vector<std::byte> bytes(length);
    for (std::size_t i = 0; i < values.size(); ++i) {
        put_word(std::span(bytes).subspan(i * width, width), values[i]);
    }
    memory_writer(*memory, offset, length).write_words(0, bytes, width);
}

} // namespace

const verb poke_verb = {"poke", "Write words, one access each", run};

} // namespace memlane::tool
