// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_VIEW_SERVER_HPP
#define MEMLANE_TOOLS_VIEW_VIEW_SERVER_HPP

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "memlane/screen.hpp"
#include "view/client_processes.hpp"
#include "view/listener.hpp"
#include "view/screen_copy.hpp"
#include "view/shared_picture.hpp"
#include "view/watched_screen.hpp"
#include "view/web_server.hpp"

namespace memlane::tool {

/** What the verb was asked for. */
struct view_request {
    std::string source;
    std::optional<geometry> as;
    address listen = {"127.0.0.1", 5900};
    std::optional<std::uint16_t> web_port; /**< 0: any that is free */
    std::string password;                  /**< empty: none */
    unsigned frames_per_second = 30;
};

/** Shows a screen to whoever connects. */
class view_server final {
public:
    /** Listens from here on. @throws error as screen, listener */
    explicit view_server(view_request request);

    /** @return what it shows and where, in one line. */
    [[nodiscard]] std::string describe() const;

    /** @return whether other machines can connect, and nobody asks them for a password. */
    [[nodiscard]] bool is_open_to_all() const noexcept;

    /**
     * Serves until @p stop is set and a signal comes, or the screen is gone,
     * of which clients are told.
     *
     * @throws error why the screen is gone
     */
    void run(const std::atomic<bool>& stop);

private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] std::string picture_name() const;
    void look(bool anew);
    void serve(const std::atomic<bool>& stop);
    void wait();
    [[nodiscard]] std::optional<std::chrono::nanoseconds> patience() const;
    void accept_clients();
    void start_client(unique_fd client);
    void keep_time();

    view_request request_;
    std::unique_ptr<watched_screen> screen_;
    shared_picture picture_;
    screen_copy copy_;
    listener listener_;
    std::optional<web_server> web_;
    std::string web_name_;
    client_processes clients_;
    clock::duration frame_;
    clock::time_point next_look_ = {};
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_VIEW_SERVER_HPP
