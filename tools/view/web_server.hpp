// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_WEB_SERVER_HPP
#define MEMLANE_TOOLS_VIEW_WEB_SERVER_HPP

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "view/listener.hpp"

struct MHD_Daemon;

namespace memlane::tool {

/** The files of a folder by HTTP, without a thread: who owns it polls and calls run(). */
class web_server final {
public:
    /**
     * @param start where "/" leads: "/vnc_lite.html?port=5900"
     * @throws error ENOENT when there is no such folder
     */
    web_server(listener where, const std::filesystem::path& folder, std::string start);
    web_server(const web_server&) = delete;
    web_server& operator=(const web_server&) = delete;
    ~web_server();

    /** @return what to poll for input. */
    [[nodiscard]] int fd() const noexcept { return fd_; }

    /** @return after how long run() is due even without input, if ever. */
    [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const noexcept;

    /** Does what can be done without waiting. */
    void run() noexcept;

private:
    struct site;

    std::unique_ptr<site> site_;
    MHD_Daemon* daemon_;
    int fd_;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_WEB_SERVER_HPP
