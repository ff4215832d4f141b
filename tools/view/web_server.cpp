// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/web_server.hpp"

#include <fcntl.h>
#include <microhttpd.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "memlane/error.hpp"

namespace memlane::tool {

namespace fs = std::filesystem;

struct web_server::site {
    fs::path folder; // canonical
    std::string start;

    /** As the library calls it for a request. */
    static MHD_Result reply(void* self, MHD_Connection* connection, const char* url,
                            const char* method, const char* version, const char* upload,
                            std::size_t* upload_size, void** own);
};

namespace {

constexpr unsigned connections_max = 64;
constexpr unsigned idle_seconds = 15;

/** Browsers run a module only if it has a script's type. */
const char* type_of(const fs::path& file)
{
    constexpr std::array<std::pair<std::string_view, const char*>, 10> types = {{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript"},
        {".css", "text/css"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff", "font/woff"},
        {".ttf", "font/ttf"},
        {".mp3", "audio/mpeg"},
        {".oga", "audio/ogg"},
    }};
    const std::string extension = file.extension();
    for (const auto& [known, type] : types) {
        if (known == extension) {
            return type;
        }
    }
    return "application/octet-stream";
}

MHD_Result answer(MHD_Connection* connection, unsigned status, MHD_Response* response)
{
    if (response == nullptr) {
        return MHD_NO;
    }
    const MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

MHD_Result answer_text(MHD_Connection* connection, unsigned status, std::string text)
{
    MHD_Response* const response =
        MHD_create_response_from_buffer(text.size(), text.data(), MHD_RESPMEM_MUST_COPY);
    return answer(connection, status, response);
}

MHD_Result answer_redirect(MHD_Connection* connection, const std::string& target)
{
    MHD_Response* const response =
        MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, target.c_str());
    return answer(connection, MHD_HTTP_FOUND, response);
}

/** @return the file that a URL's path names, links followed, or nothing outside the folder */
fs::path find_file(const fs::path& folder, std::string_view path)
{
    std::error_code failure;
    fs::path file = fs::canonical(folder / path.substr(1), failure);
    const bool is_inside = file.native().starts_with(folder.native() + "/");
    return !failure && is_inside && fs::is_regular_file(file, failure) ? file : fs::path();
}

MHD_Result answer_file(MHD_Connection* connection, const fs::path& file)
{
    unique_fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status = {};
    if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) {
        return answer_text(connection, MHD_HTTP_NOT_FOUND, "There is no such file.\n");
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    MHD_Response* const response = MHD_create_response_from_fd64(size, fd.release());
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type_of(file));
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    return answer(connection, MHD_HTTP_OK, response);
}

} // namespace

MHD_Result web_server::site::reply(void* self, MHD_Connection* connection, const char* url,
                                   const char* method, const char* /*version*/,
                                   const char* /*upload*/, std::size_t* /*upload_size*/,
                                   void** /*own*/)
{
    const auto& [folder, start] = *static_cast<const site*>(self);
    const std::string_view path = url;
    if (const std::string_view verb = method; verb != "GET" && verb != "HEAD") {
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET is.\n");
    }
    if (path == "/") {
        return answer_redirect(connection, start);
    }
    const fs::path file = path.starts_with('/') ? find_file(folder, path) : fs::path();
    return file.empty() ? answer_text(connection, MHD_HTTP_NOT_FOUND, "There is no such file.\n")
                        : answer_file(connection, file);
}

web_server::web_server(listener where, const fs::path& folder, std::string start)
    : site_(new site{.folder = {}, .start = std::move(start)})
{
    std::error_code failure;
    site_->folder = fs::canonical(folder, failure);
    if (failure) {
        throw_error(failure.value(), "open", "folder", folder.native(),
                    "the pages come from Debian's package novnc: apt install novnc");
    }
    daemon_ = MHD_start_daemon(MHD_USE_EPOLL, 0, nullptr, nullptr, site::reply, site_.get(),
                               MHD_OPTION_LISTEN_SOCKET, where.fd(), MHD_OPTION_CONNECTION_LIMIT,
                               connections_max, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
                               MHD_OPTION_END);
    if (daemon_ == nullptr) {
        throw_error(errno, "start", "web server", where.name());
    }
    static_cast<void>(where.release()); // the daemon closes it
    fd_ = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

web_server::~web_server()
{
    MHD_stop_daemon(daemon_);
}

std::optional<std::chrono::milliseconds> web_server::timeout() const noexcept
{
    MHD_UNSIGNED_LONG_LONG milliseconds = 0;
    if (MHD_get_timeout(daemon_, &milliseconds) != MHD_YES) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(milliseconds);
}

void web_server::run() noexcept
{
    MHD_run(daemon_);
}

} // namespace memlane::tool
