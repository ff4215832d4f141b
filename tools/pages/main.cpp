// SPDX-License-Identifier: GPL-2.0-or-later
//
// Makes a manual page or a completion script out of its template, TEMPLATE.in.
// Run by the build.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "completion.hpp"
#include "mdoc.hpp"

namespace memlane::tool {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path)
{
    std::ifstream file(path);
    file.exceptions(std::ios::badbit);
    if (!file) {
        throw std::runtime_error("cannot be read");
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream file(path);
    file << text << std::flush;
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

/** @return the verb of "memlane-VERB.1.in"; nothing for other templates. */
const verb* verb_of(const std::string& file)
{
    for (const verb* each : verbs()) {
        if (file == "memlane-" + std::string(each->name) + ".1.in") {
            return each;
        }
    }
    return nullptr;
}

void make_page(const fs::path& form, const fs::path& page)
{
    text_map texts = mdoc_texts();
    texts.merge(completion_texts());
    if (const verb* which = verb_of(form.filename())) {
        texts.merge(mdoc_texts(*which));
    }
    write(page, fill(read(form), texts));
}

} // namespace

} // namespace memlane::tool

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::cerr << "usage: memlane_pages TEMPLATE PAGE\n";
        return 2;
    }
    try {
        memlane::tool::make_page(argv[1], argv[2]);
    } catch (const std::exception& e) {
        std::cerr << argv[1] << ": " << e.what() << '\n';
        return 1;
    }
    return 0;
}
