// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/view_server.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>
#include <vector>

#include "frame.hpp"
#include "memlane/error.hpp"
#include "output.hpp"
#include "view/vnc_session.hpp"

namespace memlane::tool {

namespace {

using namespace std::chrono_literals;

constexpr const char* web_folder = "/usr/share/novnc";

std::string action_of(const view_request& request)
{
    return "view " + request.source;
}

/** The page finds the host itself, and connects to the VNC port: one less in between. */
std::string start_page(std::uint16_t vnc_port)
{
    return fmt::format("/vnc_lite.html?port={}&path=&view_only=1", vnc_port);
}

/** poll(2) by nanoseconds; nothing: without end. */
void poll_for(std::vector<pollfd>& inputs, std::optional<std::chrono::nanoseconds> time)
{
    const auto wait = std::max(time.value_or(0ns), 0ns);
    const timespec limit = {.tv_sec = static_cast<std::time_t>(wait / 1s),
                            .tv_nsec = static_cast<long>((wait % 1s).count())};
    ::ppoll(inputs.data(), inputs.size(), time ? &limit : nullptr, nullptr);
}

} // namespace

view_server::view_server(view_request request)
    : request_(std::move(request)), screen_(watch_screen(request_.source, request_.as)),
      picture_({1, 1}), copy_(picture_), listener_(request_.listen, action_of(request_)),
      frame_(std::chrono::nanoseconds(1s) / request_.frames_per_second)
{
    look(true);
    if (request_.web_port) {
        listener where({request_.listen.host, *request_.web_port}, action_of(request_));
        web_name_ = where.name();
        web_.emplace(std::move(where), web_folder, start_page(listener_.port()));
    }
}

std::string view_server::picture_name() const
{
    return mode_label(*copy_.mode());
}

std::string view_server::describe() const
{
    return fmt::format("{}, {}: vnc://{}{}", request_.source, picture_name(), listener_.name(),
                       web_ ? fmt::format(" http://{}/", web_name_) : "");
}

bool view_server::is_open_to_all() const noexcept
{
    return !listener_.is_loopback() && request_.password.empty();
}

void view_server::look(bool anew)
{
    bool changed = false;
    screen_->look(anew, [&](const glimpse& seen) { changed = copy_.update(seen); });
    if (changed) {
        clients_.announce();
    }
}

void view_server::run(const std::atomic<bool>& stop)
{
    try {
        serve(stop);
    } catch (const error& e) {
        const error why(e.code().value(), action_of(request_), e.what());
        clients_.say_farewell(why.what());
        throw why;
    }
    clients_.say_farewell("the viewer ends");
}

void view_server::serve(const std::atomic<bool>& stop)
{
    while (!stop) {
        wait();
        clients_.reap();
        accept_clients();
        if (web_) {
            web_->run();
        }
        keep_time();
    }
}

/** @return how long there is nothing to do if nobody comes; nothing: for ever */
std::optional<std::chrono::nanoseconds> view_server::patience() const
{
    std::optional<std::chrono::nanoseconds> time = web_ ? web_->timeout() : std::nullopt;
    if (!clients_.empty()) {
        const std::chrono::nanoseconds to_look = next_look_ - clock::now();
        time = std::min(time.value_or(to_look), to_look);
    }
    return time;
}

void view_server::wait()
{
    std::vector<pollfd> inputs = clients_.ends();
    inputs.push_back({.fd = listener_.fd(), .events = POLLIN, .revents = 0});
    if (web_) {
        inputs.push_back({.fd = web_->fd(), .events = POLLIN, .revents = 0});
    }
    poll_for(inputs, patience());
}

void view_server::accept_clients()
{
    for (unique_fd client = listener_.accept(); client.get() >= 0; client = listener_.accept()) {
        if (clients_.full()) {
            continue; // closed
        }
        if (clients_.empty()) {
            look(true); // nobody has for a while
            next_look_ = clock::now() + frame_;
        }
        start_client(std::move(client));
    }
}

void view_server::start_client(unique_fd client)
{
    const desktop about = {.name = fmt::format("{} {}", request_.source, picture_name()),
                           .password = request_.password,
                           .is_local = listener_.is_loopback()};
    try {
        clients_.start(std::array{client.get(), picture_.fd()}, [&](unique_fd news) {
            serve_client(std::move(client), std::move(news), picture_, about);
        });
    } catch (const error& e) {
        // No process for this one; those who are served are not to suffer.
        note(fmt::format("a client is turned away: {}", e.what()));
    }
}

/** Looks in step with the clock: one that took too long does not shift those to come. */
void view_server::keep_time()
{
    const clock::time_point now = clock::now();
    if (clients_.empty() || now < next_look_) {
        return;
    }
    next_look_ += ((now - next_look_) / frame_ + 1) * frame_;
    look(false);
}

} // namespace memlane::tool
