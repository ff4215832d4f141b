// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/vnc_session.hpp"

#include <poll.h>
#include <rfb/rfb.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <string>
#include <utility>

#include "memlane/error.hpp"
#include "view/client_processes.hpp"
#include "view/origin.hpp"

namespace memlane::tool {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto handshake_time = 10s;
constexpr int bits_per_colour = 8;
constexpr int colours_per_pixel = 3;

/** Above it the library sends the rectangle around all that has changed. */
constexpr int rectangles_max = 4096;

void say_nothing(const char* /*format*/, ...) {}

/**
 * Before an update: no JPEG, whatever the client asked for. On this machine
 * nothing is gained by it, and what is one pixel wide would be lost.
 */
void show_exactly(rfbClientRec* client)
{
    client->tightQualityLevel = -1;
#ifdef LIBVNCSERVER_HAVE_LIBJPEG
    client->turboQualityLevel = -1;
#endif
}

class vnc_session final {
public:
    vnc_session(unique_fd socket, unique_fd news, shared_picture& picture, const desktop& about);
    vnc_session(const vnc_session&) = delete;
    vnc_session& operator=(const vnc_session&) = delete;
    ~vnc_session() { ::rfbScreenCleanup(server_); }

    void run();

private:
    void set_up(const desktop& about);
    void set_format() const;
    void connect(unique_fd socket);
    void wait() const;
    [[nodiscard]] bool is_late() const;
    void hear();
    void show();
    void say_farewell(std::string text) const;

    shared_picture& picture_;
    unique_fd news_;
    std::string name_;
    std::string password_;
    std::array<char*, 2> passwords_ = {}; // as the library wants them: up to a null
    rfbScreenInfo* server_;
    rfbClientRec* client_ = nullptr; // null: it has left
    clock::time_point start_ = clock::now();
};

vnc_session::vnc_session(unique_fd socket, unique_fd news, shared_picture& picture,
                         const desktop& about)
    : picture_(picture), news_(std::move(news)), name_(about.name), password_(about.password)
{
    picture_.follow();
    static_cast<void>(picture_.take_changes()); // a new client is sent all there is anyway
    const extent size = picture_.size();
    server_ = ::rfbGetScreen(nullptr, nullptr, static_cast<int>(size.width),
                             static_cast<int>(size.height), bits_per_colour, colours_per_pixel,
                             static_cast<int>(shared_picture::pixel_bytes));
    if (server_ == nullptr) {
        throw std::bad_alloc();
    }
    set_up(about);
    connect(std::move(socket));
}

void vnc_session::set_up(const desktop& about)
{
    server_->frameBuffer = reinterpret_cast<char*>(picture_.pixels().data());
    server_->desktopName = name_.c_str();
    server_->port = 0; // the socket is there already
    server_->cursor = nullptr;
    server_->deferUpdateTime = 0; // rounds are far enough apart
    server_->maxRectsPerUpdate = rectangles_max;
    server_->alwaysShared = TRUE;
    set_format();
    if (about.is_local) {
        server_->displayHook = show_exactly;
    }
    if (!about.password.empty()) {
        passwords_[0] = password_.data();
        server_->authPasswdData = passwords_.data();
        server_->passwordCheck = ::rfbCheckPasswordByList;
        server_->authPasswdFirstViewOnly = 0;
    }
    ::rfbInitServer(server_);
}

/** As xrgb8888 is: what the library assumes has red and blue the other way round. */
void vnc_session::set_format() const
{
    server_->serverFormat.redShift = 16;
    server_->serverFormat.greenShift = 8;
    server_->serverFormat.blueShift = 0;
}

void vnc_session::connect(unique_fd socket)
{
    rfbClientRec* const client = ::rfbNewClient(server_, socket.release());
    if (client == nullptr) {
        return;
    }
    client->viewOnly = TRUE;
    client->clientData = this;
    client->clientGoneHook = [](rfbClientRec* gone) {
        static_cast<vnc_session*>(gone->clientData)->client_ = nullptr;
    };
    client_ = client;
}

void vnc_session::run()
{
    while (client_ != nullptr && !is_late()) {
        wait();
        hear();
        if (client_ != nullptr) {
            ::rfbProcessEvents(server_, 0);
        }
    }
}

bool vnc_session::is_late() const
{
    return client_->state != rfbClientRec::RFB_NORMAL && clock::now() - start_ > handshake_time;
}

/** Until there is news, or the client says something; a handshake has its time. */
void vnc_session::wait() const
{
    std::array<pollfd, 2> inputs = {{{.fd = client_->sock, .events = POLLIN, .revents = 0},
                                     {.fd = news_.get(), .events = POLLIN, .revents = 0}}};
    const bool is_ready = client_->state == rfbClientRec::RFB_NORMAL;
    ::poll(inputs.data(), inputs.size(), is_ready ? -1 : static_cast<int>(handshake_time / 1ms));
}

void vnc_session::hear()
{
    std::array<char, message_max> text;
    for (;;) {
        const ssize_t got = ::recv(news_.get(), text.data(), text.size(), MSG_DONTWAIT);
        if (got < 0) {
            return;
        }
        const std::string_view message(text.data(), static_cast<std::size_t>(got));
        if (message != picture_changed) {
            say_farewell(std::string(message));
            ::rfbCloseClient(client_);
            ::rfbClientConnectionGone(client_);
            return;
        }
        show();
    }
}

/** Tells the library what is new. */
void vnc_session::show()
{
    if (picture_.follow()) {
        const extent size = picture_.size();
        ::rfbNewFramebuffer(server_, reinterpret_cast<char*>(picture_.pixels().data()),
                            static_cast<int>(size.width), static_cast<int>(size.height),
                            bits_per_colour, colours_per_pixel,
                            static_cast<int>(shared_picture::pixel_bytes));
        set_format();
        server_->setTranslateFunction(client_);
    }
    for (const rectangle& each : picture_.take_changes()) {
        const auto x = static_cast<int>(each.x);
        const auto y = static_cast<int>(each.y);
        ::rfbMarkRectAsModified(server_, x, y, x + static_cast<int>(each.width),
                                y + static_cast<int>(each.height));
    }
}

/** An empty one comes from a server that has died. */
void vnc_session::say_farewell(std::string text) const
{
    if (!text.empty() && client_->state == rfbClientRec::RFB_NORMAL) {
        ::rfbSendServerCutText(server_, text.data(), static_cast<int>(text.size()));
        ::rfbSendBell(server_);
    }
}

} // namespace

void serve_client(unique_fd socket, unique_fd news, shared_picture& picture, const desktop& about)
{
    ::rfbLog = say_nothing;
    ::rfbErr = say_nothing;
    if (is_welcome(socket.get(), about.is_local)) {
        vnc_session(std::move(socket), std::move(news), picture, about).run();
    }
}

} // namespace memlane::tool
