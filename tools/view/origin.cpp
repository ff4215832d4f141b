// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/origin.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <span>
#include <string>
#include <thread>

namespace memlane::tool {

namespace {

using namespace std::chrono_literals;

constexpr auto first_word_time = 100ms; // the library waits as long for a browser
constexpr auto head_time = 2s;
constexpr auto pause = 5ms;
constexpr std::string_view request = "GET ";

bool is_same_letter(char one, char other)
{
    return std::tolower(static_cast<unsigned char>(one)) ==
           std::tolower(static_cast<unsigned char>(other));
}

/** @return the value of a header's field; empty: there is none */
std::string_view field(std::string_view head, std::string_view name)
{
    for (std::size_t end = head.find("\r\n"); end != std::string_view::npos;
         end = head.find("\r\n")) {
        head.remove_prefix(end + 2);
        if (head.size() > name.size() && head[name.size()] == ':' &&
            std::equal(name.begin(), name.end(), head.begin(), is_same_letter)) {
            const std::string_view line = head.substr(0, head.find("\r\n"));
            const std::size_t start = line.find_first_not_of(" \t", name.size() + 1);
            return start == std::string_view::npos ? "" : line.substr(start);
        }
    }
    return {};
}

/** @return what is in front of the port of "localhost:5900" or "[::1]:5900" */
std::string_view host_of(std::string_view authority)
{
    const std::size_t bracket = authority.find(']');
    return authority.substr(0,
                            bracket != std::string_view::npos ? bracket + 1 : authority.find(':'));
}

/** By number, since a name such as 127.example.org may lead anywhere. */
bool is_this_machine(std::string_view host)
{
    in_addr number = {};
    const bool is_number = ::inet_pton(AF_INET, std::string(host).c_str(), &number) == 1;
    return host == "localhost" || host == "[::1]" ||
           (is_number && ntohl(number.s_addr) >> 24U == IN_LOOPBACKNET);
}

/** @return what has come, left where it is; at most what there is room for */
std::string_view peek(int socket, std::span<char> room)
{
    const ssize_t got = ::recv(socket, room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
    return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

bool is_request(std::string_view start)
{
    return !start.empty() && start.substr(0, request.size()) == request.substr(0, start.size());
}

} // namespace

bool is_own_page(std::string_view head, bool is_local)
{
    const std::string_view origin = field(head, "Origin");
    if (origin.empty()) {
        return true; // no browser: it could say whatever it likes
    }
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos) {
        return false;
    }
    const std::string_view page = host_of(origin.substr(scheme + 3));
    return is_local ? is_this_machine(page) : page == host_of(field(head, "Host"));
}

bool is_welcome(int socket, bool is_local)
{
    pollfd input = {.fd = socket, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, static_cast<int>(first_word_time / 1ms)) <= 0) {
        return true; // a VNC client, which waits for our first word
    }
    std::array<char, 16384> room;
    const auto end = std::chrono::steady_clock::now() + head_time;
    for (std::string_view head = peek(socket, room); is_request(head); head = peek(socket, room)) {
        if (head.find("\r\n\r\n") != std::string_view::npos) {
            return is_own_page(head, is_local);
        }
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(pause);
    }
    return true; // the library knows what to do with it
}

} // namespace memlane::tool
