// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_VNC_SESSION_HPP
#define MEMLANE_TOOLS_VIEW_VNC_SESSION_HPP

#include <string>

#include "memlane/unique_fd.hpp"
#include "view/shared_picture.hpp"

namespace memlane::tool {

/** What clients are told and asked. */
struct desktop {
    std::string name;
    std::string password; /**< empty: none is asked for */
    bool is_local;        /**< only this machine can connect */
};

/**
 * Shows a picture to one VNC client until it leaves; a browser's WebSocket is
 * as good. To be run in a process of its own: the library waits for a client
 * that does not read.
 *
 * @param socket the client
 * @param news a message that is empty but for a newline says that the picture
 *        has changed; any other is a farewell, to be told; its end ends it
 */
void serve_client(unique_fd socket, unique_fd news, shared_picture& picture, const desktop& about);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_VNC_SESSION_HPP
