// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/client_processes.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>

#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto farewell_time = 500ms;

/** Standard output and error stay, and @p keep. */
void close_all_but(std::vector<int> keep)
{
    std::ranges::sort(keep);
    unsigned first = STDERR_FILENO + 1;
    for (const int each : keep) {
        const auto fd = static_cast<unsigned>(each);
        if (fd > first) {
            ::close_range(first, fd - 1, 0);
        }
        first = std::max(first, fd + 1);
    }
    ::close_range(first, ~0U, 0);
}

/** The terminal interrupts all processes; this one ends when the server says so. */
void become_child(pid_t parent)
{
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGTERM, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(EXIT_FAILURE);
    }
}

void wait_for(pid_t id) noexcept
{
    while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::array<unique_fd, 2> make_link()
{
    std::array<int, 2> ends = {};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw_error(errno, "make", "socket pair", "for a client");
    }
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

} // namespace

client_processes::~client_processes()
{
    for (const process& each : processes_) {
        ::kill(each.id, SIGKILL);
        wait_for(each.id);
    }
}

void client_processes::start(std::span<const int> keep,
                             const std::function<void(unique_fd news)>& serve)
{
    auto [ours, theirs] = make_link();
    processes_.reserve(processes_.size() + 1);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) {
        throw_error(errno, "fork", "process", "for a client");
    }
    if (child > 0) {
        processes_.push_back({child, std::move(ours)});
        return;
    }
    become_child(parent);
    std::vector<int> all(keep.begin(), keep.end());
    all.push_back(theirs.get());
    close_all_but(std::move(all));
    try {
        serve(std::move(theirs));
    } catch (const std::exception&) {
        ::_exit(EXIT_FAILURE); // of interest to that client alone
    }
    ::_exit(EXIT_SUCCESS);
}

void client_processes::announce() const noexcept
{
    for (const process& each : processes_) {
        ::send(each.news.get(), picture_changed.data(), picture_changed.size(),
               MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

void client_processes::say_farewell(std::string_view text)
{
    const std::string_view message = text.substr(0, message_max);
    for (const process& each : processes_) {
        ::send(each.news.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    const auto end = clock::now() + farewell_time;
    while (!empty() && clock::now() < end) {
        std::vector<pollfd> waiting = ends();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
        ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
        reap();
    }
}

std::vector<pollfd> client_processes::ends() const
{
    std::vector<pollfd> all;
    for (const process& each : processes_) {
        all.push_back({.fd = each.news.get(), .events = 0, .revents = 0});
    }
    return all;
}

void client_processes::reap() noexcept
{
    std::erase_if(processes_, [](const process& each) {
        pollfd end = {.fd = each.news.get(), .events = 0, .revents = 0};
        if (::poll(&end, 1, 0) <= 0 || (end.revents & POLLHUP) == 0) {
            return false;
        }
        wait_for(each.id); // it has closed all it had, so it is about to be gone
        return true;
    });
}

} // namespace memlane::tool
