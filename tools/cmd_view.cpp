// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>

#include "geometry_options.hpp"
#include "interrupt.hpp"
#include "memlane/error.hpp"
#include "output.hpp"
#include "verb.hpp"
#include "view/password.hpp"
#include "view/view_server.hpp"

namespace memlane::tool {

namespace {

constexpr unsigned rate_max = 240;

address to_address(const std::string& text)
{
    try {
        return parse_address(text);
    } catch (const std::invalid_argument& e) {
        throw CLI::ValidationError("--listen", e.what());
    }
}

void add_options(CLI::App& app, view_request& request, std::string& password_file)
{
    add_source(app, "SRC", request.source);
    add_geometry(app, request.as, "Of memory that has none of its own");
    app.add_option_function<std::string>(
           "--listen", [&request](const std::string& text) { request.listen = to_address(text); },
           "Where VNC clients connect; port 0 is any that is free [127.0.0.1:5900]")
        ->type_name("ADDRESS:PORT");
    app.add_option("--password-file", password_file,
                   "Its first line is what clients must know, at most 8 bytes")
        ->type_name("FILE");
    app.add_option("--fps", request.frames_per_second, "Looks at the memory a second")
        ->check(CLI::Range(1U, rate_max).description(""))
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--http", request.web_port,
                   "Serve noVNC as well, for browsers; port 0 is any that is free")
        ->type_name("PORT");
}

void run(CLI::App& app, const arguments& args)
{
    view_request request;
    std::string password_file;
    add_options(app, request, password_file);
    parse(app, args);

    request.source = source_label(request.source);
    if (!password_file.empty()) {
        request.password = read_password(password_file);
    }
    const std::atomic<bool>& stop = catch_interrupts();
    const std::string source = request.source;
    view_server server(std::move(request));
    if (server.is_open_to_all()) {
        note("whoever reaches this machine sees the screen: there is no --password-file");
    }
    put_line(server.describe());
    finish_output();
    server.run(stop);
    if (!ended_on_request()) {
        throw_error(EINTR, "view", "source", source, "the terminal is gone");
    }
}

} // namespace

const verb view_verb = {"view", "Show a screen to VNC clients and browsers", run};

} // namespace memlane::tool
