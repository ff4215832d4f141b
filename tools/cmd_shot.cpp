// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include "frame.hpp"
#include "geometry_options.hpp"
#include "interrupt.hpp"
#include "memlane/direct_file.hpp"
#include "output.hpp"
#include "png.hpp"
#include "verb.hpp"

namespace memlane::tool {

namespace {

void run(CLI::App& app, const arguments& args)
{
    std::string source;
    std::string target;
    std::optional<geometry> as;
    add_source(app, "SRC", source);
    add_required(app, "FILE", target, "The PNG, made or replaced, or - for standard output");
    add_geometry(app, as, "What memory without a geometry of its own is taken for");
    std::uint32_t mode_bits = private_mode;
    add_mode(app, mode_bits);
    parse(app, args);
    if (target == "-" && ::isatty(STDOUT_FILENO) != 0) {
        throw CLI::ValidationError("FILE", "a terminal does not show a PNG: redirect it");
    }

    source = source_label(source);
    const screen shown(source, access_mode::read_only, as);
    const screen_mode mode = shown.mode();
    const memory_reader pixels(shown.memory(), mode.offset_bytes, mode.page_bytes());
    const picture content = read_frame(mode, pixels, shown.colours(mode));
    // A signal ends a write that waits, and nothing half done is left behind.
    catch_interrupts();
    write_png(content, target, mode_bits);
    put_result(
        [&] {
            put_line(words_beside(target),
                     fmt::format("{} -> {}: {}", source, target, mode_label(mode)));
        },
        "the picture is whole");
}

} // namespace

const verb shot_verb = {"shot", "Save what a screen shows as a PNG", run};

} // namespace memlane::tool
