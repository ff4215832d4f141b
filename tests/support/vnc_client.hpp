// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A VNC client that is not ours: libvncclient.
#ifndef MEMLANE_TESTS_SUPPORT_VNC_CLIENT_HPP
#define MEMLANE_TESTS_SUPPORT_VNC_CLIENT_HPP

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include <rfb/rfbclient.h>

class vnc_client {
public:
    using clock = std::chrono::steady_clock;

    /// Connects; encodings that lose nothing.
    explicit vnc_client(int port, std::string password = "", const char* encodings = "zrle",
                        const char* host = "127.0.0.1")
        : password_(std::move(password)), client_(::rfbGetClient(8, 3, 4))
    {
        ::rfbEnableClientLogging = FALSE;
        client_->format.redShift = 16;
        client_->format.greenShift = 8;
        client_->format.blueShift = 0;
        client_->appData.encodingsString = encodings;
        client_->canHandleNewFBSize = TRUE;
        std::free(client_->serverHost); // an empty string
        client_->serverHost = ::strdup(host);
        client_->serverPort = port;
        set_hooks();
        ::rfbClientSetClientData(client_, tag(), this);
        if (::rfbInitClient(client_, nullptr, nullptr) == FALSE) {
            client_ = nullptr; // which the library has freed
        }
    }
    vnc_client(const vnc_client&) = delete;
    vnc_client& operator=(const vnc_client&) = delete;
    ~vnc_client()
    {
        if (client_ != nullptr) {
            std::free(client_->frameBuffer);
            ::rfbClientCleanup(client_);
        }
    }

    [[nodiscard]] bool is_connected() const { return client_ != nullptr; }
    [[nodiscard]] std::string name() const { return client_->desktopName; }
    [[nodiscard]] int width() const { return client_->width; }
    [[nodiscard]] int height() const { return client_->height; }

    /// @return a pixel, as 0xRRGGBB.
    [[nodiscard]] std::uint32_t pixel(std::uint32_t x, std::uint32_t y) const
    {
        std::uint32_t value = 0;
        const std::size_t at = std::size_t{y} * static_cast<unsigned>(client_->width) + x;
        std::memcpy(&value, client_->frameBuffer + 4 * at, sizeof value);
        return value & 0xffffffU;
    }

    /// Listens to the server. @return whether @p done came true before @p time was over
    bool wait_until(const std::function<bool()>& done,
                    std::chrono::milliseconds time = std::chrono::seconds(20))
    {
        const auto end = clock::now() + time;
        while (!done()) {
            if (clock::now() > end || closed_) {
                return false;
            }
            // The library asks the socket only, and not what it has read ahead.
            const int ready = client_->buffered > 0 ? 1 : ::WaitForMessage(client_, 20'000);
            closed_ = ready < 0 || (ready > 0 && ::HandleRFBServerMessage(client_) == FALSE);
        }
        return true;
    }

    /// Waits until the server hangs up.
    bool wait_for_end()
    {
        wait_until([] { return false; });
        return closed_;
    }

    /// Counts from here on.
    void forget() { updates = pixels = 0; }

    std::uint64_t updates = 0;
    std::uint64_t pixels = 0; ///< that came, in all updates
    std::string clipboard;

private:
    static void* tag()
    {
        static char mark;
        return &mark;
    }

    static vnc_client& self(rfbClient* client)
    {
        return *static_cast<vnc_client*>(::rfbClientGetClientData(client, tag()));
    }

    void set_hooks()
    {
        client_->GetPassword = [](rfbClient* client) {
            // An empty one the library would not free.
            const std::string& known = self(client).password_;
            return known.empty() ? nullptr : ::strdup(known.c_str());
        };
        client_->GotFrameBufferUpdate = [](rfbClient* client, int, int, int width, int height) {
            self(client).pixels +=
                static_cast<std::uint64_t>(width) * static_cast<unsigned>(height);
        };
        client_->FinishedFrameBufferUpdate = [](rfbClient* client) { ++self(client).updates; };
        client_->GotXCutText = [](rfbClient* client, const char* text, int length) {
            self(client).clipboard.assign(text, static_cast<std::size_t>(length));
        };
    }

    std::string password_;
    rfbClient* client_;
    bool closed_ = false;
};

#endif
