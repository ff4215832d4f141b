// SPDX-License-Identifier: GPL-2.0-or-later
#include "live_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace memlane::tool {

namespace {

using namespace std::chrono_literals;

constexpr auto redraw_time = 100ms;
constexpr std::size_t usual_columns = 80;

} // namespace

live_line::~live_line()
{
    if (shown_ != clock::time_point()) {
        std::fputs("\r\033[K", stderr);
    }
}

bool live_line::is_wanted()
{
    return ::isatty(STDERR_FILENO) == 1;
}

std::size_t live_line::columns()
{
    winsize size = {};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
    return known ? size.ws_col : usual_columns;
}

bool live_line::is_due() const
{
    return clock::now() - shown_ >= redraw_time;
}

void live_line::show(const std::string& text)
{
    shown_ = clock::now();
    std::fputs(("\r" + text.substr(0, columns() - 1) + "\033[K").c_str(), stderr);
}

} // namespace memlane::tool
