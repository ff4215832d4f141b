// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/listener.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <stdexcept>

#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string with_port(std::string_view host, std::uint16_t port)
{
    const bool is_v6 = host.find(':') != std::string_view::npos;
    return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

address_list find_addresses(const address& where, const std::string& action)
{
    addrinfo wanted = {};
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int status =
        ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &wanted, &found);
    if (status != 0) {
        throw error(EADDRNOTAVAIL, action, ::gai_strerror(status));
    }
    return {found, ::freeaddrinfo};
}

unique_fd open_socket(const addrinfo& at, const std::string& action)
{
    unique_fd fd(::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    if (fd.get() < 0 || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(fd.get(), at.ai_addr, at.ai_addrlen) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) {
        throw error(errno, action);
    }
    return fd;
}

bool is_loopback_address(const sockaddr_storage& at)
{
    if (at.ss_family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(at).sin6_addr) != 0;
    }
    const in_addr_t number = ntohl(reinterpret_cast<const sockaddr_in&>(at).sin_addr.s_addr);
    return number >> 24U == IN_LOOPBACKNET;
}

} // namespace

address parse_address(std::string_view text)
{
    const auto fail = [text] {
        throw std::invalid_argument(
            fmt::format("'{}' is no address: ADDRESS:PORT, or [ADDRESS]:PORT for IPv6", text));
    };
    const std::size_t colon = text.rfind(':');
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        fail();
    }
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const char* const start = colon == std::string_view::npos ? end : text.data() + colon + 1;
    const auto [stop, failure] = std::from_chars(start, end, port);
    if (host.empty() || failure != std::errc{} || stop != end) {
        fail();
    }
    return {std::string(host), port};
}

listener::listener(const address& where, std::string_view purpose)
{
    const std::string action =
        fmt::format("{}: listen on {}", purpose, with_port(where.host, where.port));
    fd_ = open_socket(*find_addresses(where, action), action);

    sockaddr_storage bound = {};
    socklen_t length = sizeof bound;
    auto* const generic = reinterpret_cast<sockaddr*>(&bound);
    if (::getsockname(fd_.get(), generic, &length) != 0) {
        throw error(errno, action);
    }
    is_loopback_ = is_loopback_address(bound);
    // The port lies at the same place in both families.
    port_ = ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
    name_ = with_port(where.host, port_);
}

unique_fd listener::accept() const noexcept
{
    return unique_fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

} // namespace memlane::tool
