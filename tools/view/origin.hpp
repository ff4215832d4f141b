// SPDX-License-Identifier: GPL-2.0-or-later
//
// Browsers let any page open a WebSocket to any address, this machine's own
// included; whom to serve is for the server to find out.
#ifndef MEMLANE_TOOLS_VIEW_ORIGIN_HPP
#define MEMLANE_TOOLS_VIEW_ORIGIN_HPP

#include <string_view>

namespace memlane::tool {

/**
 * @param head of an HTTP request, all of it
 * @param is_local whether the server listens on loopback, so that no name but
 *        this machine's own leads there by right
 * @return false for the request of a page that came from another host
 */
[[nodiscard]] bool is_own_page(std::string_view head, bool is_local);

/**
 * Waits a moment for who speaks first, as only browsers do here, and takes
 * nothing from the socket.
 *
 * @return false for a page that is not ours
 */
[[nodiscard]] bool is_welcome(int socket, bool is_local);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_ORIGIN_HPP
