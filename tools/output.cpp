// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <string>

#include "printable.hpp"

namespace memlane::tool {

namespace {

constexpr const char* standard_output = "write standard output";
constexpr const char* standard_error = "write standard error";

void check(bool good, std::FILE* stream)
{
    if (!good) {
        const int errnum = errno;
        std::clearerr(stream); // said once is enough
        throw output_error(errnum, stream == stdout ? standard_output : standard_error);
    }
}

void write(std::FILE* stream, std::string_view text)
{
    check(std::fwrite(text.data(), 1, text.size(), stream) == text.size(), stream);
}

std::FILE* stream_of(words_to where) noexcept
{
    return where == words_to::output ? stdout : stderr;
}

} // namespace

void open_standard_descriptors() noexcept
{
    struct replacement {
        int fd;
        int flags;
    };
    // The wrong way round: what would be lost, or not there, is an error as before.
    for (const auto& [fd, flags] : {replacement{STDIN_FILENO, O_WRONLY},
                                    {STDOUT_FILENO, O_RDONLY},
                                    {STDERR_FILENO, O_WRONLY}}) {
        if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            // The lowest number that is free: this one, since those below are taken.
            static_cast<void>(::open("/dev/null", flags));
        }
    }
}

void put(words_to where, std::string_view text)
{
    write(stream_of(where), text);
}

void put_line(words_to where, std::string_view text)
{
    write(stream_of(where), printable(text) + "\n");
}

void put(std::string_view text)
{
    put(words_to::output, text);
}

void put_line(std::string_view text)
{
    put_line(words_to::output, text);
}

void finish_output()
{
    check(std::fflush(stdout) == 0, stdout);
}

void note(std::string_view text, std::string_view speaker) noexcept
{
    try {
        put_line(words_to::error,
                 fmt::format("{}{}{}", speaker, speaker.empty() ? "" : ": ", text));
    } catch (const std::exception&) {
        std::clearerr(stderr); // there is nobody to tell
    }
}

void put_result(const std::function<void()>& print, std::string_view done)
{
    try {
        print();
        finish_output();
    } catch (const output_error& e) {
        throw output_error(e.code().value(), e.action(),
                           std::string(done) + ", only the result was not printed");
    }
}

} // namespace memlane::tool
