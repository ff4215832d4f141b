// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// "memlane view", ready to be connected to.
#ifndef MEMLANE_TESTS_SUPPORT_VIEWER_HPP
#define MEMLANE_TESTS_SUPPORT_VIEWER_HPP

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "command.hpp"

namespace guest {

/// The command, which has printed where it listens.
class viewer {
public:
    /// @param arguments of view; any free port unless they have --listen
    explicit viewer(const std::vector<std::string>& arguments)
        : out_(make_pipe()), command_(complete(arguments), {.out_fd = out_[1]})
    {
        ::close(out_[1]);
        char letter = 0;
        while (::read(out_[0], &letter, 1) == 1 && letter != '\n') {
            line_ += letter;
        }
        ::close(out_[0]);
    }

    /// @return what it printed.
    [[nodiscard]] const std::string& line() const { return line_; }

    /// @return the port behind "vnc://HOST:" or "http://HOST:".
    [[nodiscard]] int port(const std::string& scheme = "vnc") const
    {
        std::smatch found;
        const std::regex form(scheme + R"(://(?:\[[^\]]*\]|[^:]*):(\d+))");
        return std::regex_search(line_, found, form) ? std::stoi(found[1]) : -1;
    }

    [[nodiscard]] guest::command& command() { return command_; }

private:
    static std::array<int, 2> make_pipe()
    {
        std::array<int, 2> ends = {};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        return ends;
    }

    static std::vector<std::string> complete(const std::vector<std::string>& arguments)
    {
        std::vector<std::string> all = {"view"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        if (std::find(all.begin(), all.end(), "--listen") == all.end()) {
            all.insert(all.end(), {"--listen", "127.0.0.1:0"});
        }
        return all;
    }

    std::array<int, 2> out_;
    guest::command command_;
    std::string line_;
};

} // namespace guest

#endif
