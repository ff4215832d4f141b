// SPDX-License-Identifier: GPL-2.0-or-later
#include "png_call.hpp"

#include <cstring>

namespace memlane::tool {

void fail_png(png_structp png, png_const_charp message)
{
    auto& failure = *static_cast<png_failure*>(png_get_error_ptr(png));
    std::strncpy(failure.reason.data(), message, failure.reason.size() - 1);
    png_longjmp(png, 1);
}

void ignore_png_warning(png_structp /*png*/, png_const_charp /*message*/) {}

} // namespace memlane::tool
