// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <limits>

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
    const mapping window = memory->map(offset, length);
    for (std::size_t i = 0; i < values.size(); ++i) {
        write_word(&window.bytes()[i * width], width, values[i]);
    }
}

} // namespace

const verb poke_verb = {"poke", "Write words, one access each", run};

} // namespace memlane::tool
