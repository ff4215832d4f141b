// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// A browser without a window, asked by the protocol of its developer tools.
#ifndef MEMLANE_TESTS_UNIT_CHROMIUM_HPP
#define MEMLANE_TESTS_UNIT_CHROMIUM_HPP

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "guest.hpp"
#include "scratch_dir.hpp"

/// Chromium at a page. Its processes and its profile are gone at scope end.
class chromium {
public:
    using json = nlohmann::json;

    explicit chromium(const std::string& url)
    {
        // It reads requests from descriptor 3, and writes answers to 4.
        std::array<int, 2> in = {};
        std::array<int, 2> out = {};
        if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        requests_ = guest::fd(in[1]);
        answers_ = guest::fd(out[0]);
        const guest::fd theirs_in(in[0]);
        const guest::fd theirs_out(out[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            run(url, theirs_in, theirs_out);
        }
    }
    chromium(const chromium&) = delete;
    chromium& operator=(const chromium&) = delete;
    ~chromium()
    {
        ::kill(-pid_, SIGKILL); // its process group
        ::waitpid(pid_, nullptr, 0);
    }

    /// Finds the page, once there is one. @return whether there is
    bool attach()
    {
        const json all = session_.empty() ? call("Target.getTargets") : json::object();
        for (const json& each : all.value("targetInfos", json::array())) {
            if (each["type"] == "page" && session_.empty()) {
                const json arguments = {{"targetId", each["targetId"]}, {"flatten", true}};
                session_ = call("Target.attachToTarget", arguments)["sessionId"];
            }
        }
        return !session_.empty();
    }

    /// @return what an expression of JavaScript is in the page; null where it fails.
    json evaluate(const std::string& expression)
    {
        const json result =
            call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}});
        return result.value("/result/value"_json_pointer, json());
    }

    /// @return what the page looks like: a PNG in base64.
    std::string screenshot() { return call("Page.captureScreenshot").value("data", ""); }

private:
    [[noreturn]] void run(const std::string& url, int in, int out) const
    {
        // Out of the way first, in case one of them is 3 or 4 itself.
        const int in_copy = ::fcntl(in, F_DUPFD, 10);
        const int out_copy = ::fcntl(out, F_DUPFD, 10);
        ::setpgid(0, 0);
        ::dup2(in_copy, 3);
        ::dup2(out_copy, 4);
        const int nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        const std::string profile = "--user-data-dir=" + folder_.file("profile");
        ::execlp("chromium", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
                 "--window-size=720,540", profile.c_str(), url.c_str(), nullptr);
        ::_exit(127);
    }

    /// @return the result of a call, or null.
    json call(const std::string& method, const json& arguments = json::object())
    {
        json request = {{"id", ++last_id_}, {"method", method}, {"params", arguments}};
        if (!session_.empty()) {
            request["sessionId"] = session_;
        }
        const std::string text = request.dump();
        if (::write(requests_, text.c_str(), text.size() + 1) < 0) {
            throw std::runtime_error("chromium does not listen; is it installed?");
        }
        for (;;) {
            const json answer = json::parse(next_answer());
            if (answer.value("id", 0) == last_id_) {
                return answer.value("result", json::object());
            }
        }
    }

    /// Answers and events each end with a zero.
    std::string next_answer()
    {
        std::array<char, 4096> piece;
        for (std::size_t end = heard_.find('\0');; end = heard_.find('\0')) {
            if (end != std::string::npos) {
                const std::string text = heard_.substr(0, end);
                heard_.erase(0, end + 1);
                return text;
            }
            pollfd input = {.fd = answers_, .events = POLLIN, .revents = 0};
            const ssize_t got =
                ::poll(&input, 1, 20'000) > 0 ? ::read(answers_, piece.data(), piece.size()) : 0;
            if (got <= 0) {
                throw std::runtime_error("chromium says nothing; is it installed?");
            }
            heard_.append(piece.data(), static_cast<std::size_t>(got));
        }
    }

    guest::scratch_dir folder_;
    guest::fd requests_;
    guest::fd answers_;
    pid_t pid_ = -1;
    std::string session_;
    std::string heard_;
    int last_id_ = 0;
};

#endif
