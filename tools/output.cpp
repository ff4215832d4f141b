// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.hpp"

#include <cerrno>
#include <cstdio>

#include "memlane/error.hpp"

namespace memlane::tool {

namespace {

void check(bool good)
{
    if (!good) {
        const int errnum = errno;
        std::clearerr(stdout); // said once is enough
        throw error(errnum, "write standard output");
    }
}

} // namespace

void put(std::string_view text)
{
    check(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void put_line(std::string_view text)
{
    put(text);
    put("\n");
}

void finish_output()
{
    check(std::fflush(stdout) == 0);
}

} // namespace memlane::tool
