// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What it costs to watch a screen of 1920x1080 xrgb8888 on this machine, with
/// one client, still and moving: watch RESULT.json
#include "command.hpp"
#include "json_file.hpp"
#include "viewer.hpp"
#include "vnc_client.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <csignal>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr auto settling = 2s;
constexpr auto measuring = 20s;
const std::vector<std::string> geometry = {"--geometry", "1920x1080"};

/// A file in memory that is a screen, with the test card on it. Gone at scope end.
class card_file {
public:
    card_file()
    {
        if (::ftruncate(fd_, off_t{1920} * 1080 * 4) != 0) {
            throw std::runtime_error("no room for a screen");
        }
        draw({});
    }
    card_file(const card_file&) = delete;
    card_file& operator=(const card_file&) = delete;
    ~card_file()
    {
        ::close(fd_);
        ::unlink(path_.c_str());
    }

    [[nodiscard]] std::string uri() const { return "file:" + path_; }

    [[nodiscard]] std::vector<std::string> drawing(const std::vector<std::string>& more) const
    {
        std::vector<std::string> all = {"draw", uri(), "card"};
        all.insert(all.end(), geometry.begin(), geometry.end());
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    void draw(const std::vector<std::string>& more) const
    {
        if (guest::memlane(drawing(more)).status != 0) {
            throw std::runtime_error("cannot draw the card");
        }
    }

private:
    std::string path_ = "/dev/shm/memlane-watch.XXXXXX";
    int fd_ = ::mkstemp(path_.data());
};

/// @return seconds of CPU that a process has used
double cpu_of(pid_t process)
{
    std::ifstream in(fmt::format("/proc/{}/stat", process));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    // The 14th and 15th field; the 2nd is a name in parentheses, which may have spaces.
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        rest >> skipped;
    }
    double user = 0;
    double system = 0;
    rest >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// @return the same of a process and its children, one of which serves each client
double cpu_with_children(pid_t process)
{
    double spent = cpu_of(process);
    std::ifstream in(fmt::format("/proc/{0}/task/{0}/children", process));
    for (pid_t child = 0; in >> child;) {
        spent += cpu_of(child);
    }
    return spent;
}

json measure(const std::string& name, guest::viewer& server, vnc_client& client)
{
    const auto never = [] { return false; };
    client.wait_until(never, settling);
    const pid_t process = server.command().pid();
    const double before = cpu_with_children(process);
    const auto start = clock::now();
    client.forget();
    client.wait_until(never, measuring);
    const double elapsed = std::chrono::duration<double>(clock::now() - start).count();
    return {{"name", name},
            {"cpu_percent", 100 * (cpu_with_children(process) - before) / elapsed},
            {"updates_per_s", static_cast<double>(client.updates) / elapsed}};
}

json run()
{
    const card_file card;
    std::vector<std::string> arguments = {card.uri()};
    arguments.insert(arguments.end(), geometry.begin(), geometry.end());
    guest::viewer server(arguments);
    vnc_client client(server.port());
    if (!client.is_connected()) {
        throw std::runtime_error("nobody serves: " + server.line());
    }
    json rows = json::array();
    rows.push_back(measure("still", server, client));
    guest::command animation(card.drawing({"--animate", "--fps", "30"}));
    rows.push_back(measure("animated", server, client));
    animation.signal(SIGINT);
    return rows;
}

} // namespace

int main(int argc, char** argv)
try {
    if (argc != 2) {
        std::fputs("usage: watch RESULT.json\n", stderr);
        return 2;
    }
    bench::write_json(argv[1], {{"rows", run()}});
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "watch: %s\n", e.what());
    return 1;
}
