// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_LISTENER_HPP
#define MEMLANE_TOOLS_VIEW_LISTENER_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "memlane/unique_fd.hpp"

namespace memlane::tool {

/** Where to listen. */
struct address {
    std::string host;   /**< a number or a name; IPv6 without brackets */
    std::uint16_t port; /**< 0: any that is free */
};

/**
 * @param text "127.0.0.1:5900" or "[::1]:5900"
 * @throws std::invalid_argument whose what() quotes @p text
 */
[[nodiscard]] address parse_address(std::string_view text);

/** A TCP socket that listens and does not block. */
class listener final {
public:
    /**
     * @param purpose what stands in front of "listen on" in an error
     * @throws error as bind(2); EADDRNOTAVAIL when the name has no address
     */
    listener(const address& where, std::string_view purpose);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /** @return "127.0.0.1:5900" or "[::1]:5900", with the port that it got. */
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /** @return whether only this machine can connect. */
    [[nodiscard]] bool is_loopback() const noexcept { return is_loopback_; }

    /** @return who connected, in a socket that blocks; a negative descriptor: nobody has. */
    [[nodiscard]] unique_fd accept() const noexcept;

    /** @return the descriptor, now the caller's. */
    [[nodiscard]] int release() noexcept { return fd_.release(); }

private:
    unique_fd fd_;
    std::string name_;
    std::uint16_t port_ = 0;
    bool is_loopback_ = false;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_LISTENER_HPP
