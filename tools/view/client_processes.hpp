// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_VIEW_CLIENT_PROCESSES_HPP
#define MEMLANE_TOOLS_VIEW_CLIENT_PROCESSES_HPP

#include <poll.h>
#include <sys/types.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "memlane/unique_fd.hpp"

namespace memlane::tool {

/** What a process is told when the picture has changed; all else is a farewell. */
inline constexpr std::string_view picture_changed = "\n";

/** Bytes of a message at most. */
inline constexpr std::size_t message_max = 1024;

/**
 * A process for each client. One that does not read, or sends what crashes who
 * parses it, is then nobody's trouble but its own.
 */
class client_processes final {
public:
    static constexpr std::size_t count_max = 64;

    client_processes() = default;
    client_processes(const client_processes&) = delete;
    client_processes& operator=(const client_processes&) = delete;

    /** Ends those that still run. */
    ~client_processes();

    [[nodiscard]] bool empty() const noexcept { return processes_.empty(); }
    [[nodiscard]] bool full() const noexcept { return processes_.size() >= count_max; }

    /**
     * Runs @p serve in a process of its own, which ends with it.
     *
     * @param serve is given what announce() and say_farewell() send to; blocks
     * @param keep descriptors that @p serve needs; it has no others
     * @throws error as fork(2)
     */
    void start(std::span<const int> keep, const std::function<void(unique_fd news)>& serve);

    /** Says that the picture has changed. Who has not heard the last one yet is not waited for. */
    void announce() const noexcept;

    /** Gives all of them a moment to pass @p text on to their clients and end. */
    void say_farewell(std::string_view text);

    /** @return what to poll: what has an event when a process has ended. */
    [[nodiscard]] std::vector<pollfd> ends() const;

    /** Forgets those that have ended. */
    void reap() noexcept;

private:
    struct process {
        pid_t id;
        unique_fd news;
    };

    std::vector<process> processes_;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_VIEW_CLIENT_PROCESSES_HPP
