// SPDX-License-Identifier: GPL-2.0-or-later
// Clients of "memlane view" that are of no use, or mean no good.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "viewed.hpp"
#include "vnc_client.hpp"

namespace {

using memlane::geometry;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

guest::fd connect_to(int port, int receive_buffer = 0)
{
    guest::fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in at = {};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    return fd;
}

void say(int fd, const std::string& text)
{
    // It may have hung up already.
    static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
}

/// @return what comes until the server hangs up, or is silent for @p patience.
std::string hear(int fd, std::chrono::milliseconds patience = 5s)
{
    std::string text;
    pollfd input = {.fd = fd, .events = POLLIN, .revents = 0};
    std::array<char, 4096> piece;
    while (::poll(&input, 1, static_cast<int>(patience.count())) > 0) {
        const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
        if (got <= 0) {
            return text + "<end>";
        }
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::string ask(int port, const std::string& request)
{
    const guest::fd fd = connect_to(port);
    say(fd, request);
    return hear(fd);
}

/// @return descriptors that a process has open.
std::size_t count_fds(pid_t process)
{
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t count_children(pid_t process)
{
    const std::string id = std::to_string(process);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    return static_cast<std::size_t>(
        std::distance(std::istream_iterator<int>(list), std::istream_iterator<int>()));
}

class Trouble : public testing::Test {
protected:
    static constexpr std::uint32_t white = 0xffffff;

    /// Expects that somebody else is still served.
    void expect_service()
    {
        static std::uint32_t x = 0;
        ++x;
        vnc_client client(server_.port());
        ASSERT_TRUE(client.is_connected());
        ASSERT_TRUE(client.wait_until([&] { return client.updates > 0; }));
        file_.set(x, 3, {0xff, 0xff, 0xff, 0});
        EXPECT_TRUE(client.wait_until([&] { return client.pixel(x, 3) == white; }, 5s));
    }

    /// Expects that in a while no client's process is left.
    void expect_nobody()
    {
        for (int i = 0; i < 600 && count_children(pid()) > 0; ++i) {
            std::this_thread::sleep_for(20ms);
        }
        EXPECT_EQ(count_children(pid()), 0);
    }

    [[nodiscard]] pid_t pid() { return server_.command().pid(); }

    screen_file file_{geometry{.size = {1280, 800}}};
    viewer server_{file_, {"--http", "0"}};
};

TEST_F(Trouble, fifty_that_come_and_go_leave_nothing_behind)
{
    const std::size_t before = count_fds(pid());
    for (int i = 0; i < 50; ++i) {
        const guest::fd fd = connect_to(server_.port());
        if (i % 2 == 0) {
            say(fd, "RFB 003.008\n");
        }
    }
    expect_service();
    expect_nobody();
    EXPECT_EQ(count_fds(pid()), before);
}

TEST_F(Trouble, twenty_at_once_all_see_the_picture)
{
    std::vector<std::unique_ptr<vnc_client>> all(20);
    for (auto& each : all) {
        each = std::make_unique<vnc_client>(server_.port(), "", "raw");
        ASSERT_TRUE(each->is_connected());
    }
    file_.set(600, 600, {0xff, 0xff, 0xff, 0});
    for (auto& each : all) {
        EXPECT_TRUE(each->wait_until([&] { return each->pixel(600, 600) == white; }));
    }
    all.clear();
    expect_nobody();
}

TEST_F(Trouble, more_than_it_takes_are_hung_up_on)
{
    std::vector<guest::fd> all;
    for (int i = 0; i < 64; ++i) {
        all.push_back(connect_to(server_.port()));
    }
    EXPECT_EQ(hear(connect_to(server_.port())), "<end>");
    all.clear();
    expect_nobody();
    expect_service();
}

TEST_F(Trouble, garbage_ends_who_sends_it_and_nobody_else)
{
    std::string garbage(100'000, '\0');
    for (std::size_t i = 0; i < garbage.size(); ++i) {
        garbage[i] = static_cast<char>(i * 7 + i / 251);
    }
    EXPECT_THAT(ask(server_.port(), garbage), HasSubstr("<end>"));
    EXPECT_THAT(ask(server_.port(), "RFB 003.008\n\1\1" + garbage), HasSubstr("<end>"));
    EXPECT_THAT(ask(server_.port(), "GET " + garbage), HasSubstr("<end>"));
    expect_service();
    expect_nobody();
}

TEST_F(Trouble, who_never_says_a_word_is_hung_up_on)
{
    const guest::fd silent = connect_to(server_.port());
    const guest::fd rude = connect_to(server_.port());
    say(rude, "R");
    expect_service();
    EXPECT_EQ(hear(silent, 15s), "RFB 003.008\n<end>");
}

TEST_F(Trouble, who_does_not_read_keeps_nobody_waiting)
{
    const guest::fd deaf = connect_to(server_.port(), 4096);
    // Version, no security, shared, and all of the picture, more than buffers hold.
    say(deaf, "RFB 003.008\n");
    EXPECT_THAT(hear(deaf, 1s), StartsWith("RFB 003.008\n"));
    say(deaf, "\1");
    hear(deaf, 500ms);
    say(deaf, "\1");
    hear(deaf, 500ms);
    say(deaf, std::string("\3\0\0\0\0\0\5\0\3\40", 10));
    std::this_thread::sleep_for(500ms);
    for (int i = 0; i < 3; ++i) {
        expect_service();
    }
    server_.command().signal(SIGINT);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(server_.command().wait().status, 0);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(Trouble, pages_of_other_hosts_are_refused)
{
    const auto upgrade = [&](const std::string& origin) {
        const std::string port = std::to_string(server_.port());
        const guest::fd fd = connect_to(server_.port());
        say(fd, "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                    "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: binary\r\nOrigin: " +
                    origin + "\r\n\r\n");
        return hear(fd, 1s);
    };
    EXPECT_THAT(upgrade("http://127.0.0.1:6080"), HasSubstr("RFB 003.008\n"));
    EXPECT_EQ(upgrade("http://127.example.org:6080"), "<end>");
    EXPECT_EQ(upgrade("null"), "<end>");
}

TEST_F(Trouble, the_web_server_shows_its_folder_and_nothing_else)
{
    const int port = server_.port("http");
    const auto get = [&](const std::string& path) {
        return ask(port, "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    };
    EXPECT_THAT(get("/core/rfb.js"), HasSubstr("Content-Type: text/javascript\r\n"));
    EXPECT_THAT(get("/"), HasSubstr("\r\nLocation: /vnc_lite.html?port=" +
                                    std::to_string(server_.port()) + "&"));
    for (const char* path :
         {"/../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/core",
          "/no/such/file", "/core/../../../../etc/passwd", "/..", "/core/rfb.js/"}) {
        EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404 ")) << path;
    }
    EXPECT_THAT(ask(port, "DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(ask(port, std::string(50'000, 'x') + "\r\n\r\n"), HasSubstr("<end>"));
    expect_service();
}

} // namespace
