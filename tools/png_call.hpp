// SPDX-License-Identifier: GPL-2.0-or-later
//
// libpng reports a failure by longjmp(), which runs no destructors. Here is the
// only frame that it returns to.
#ifndef MEMLANE_TOOLS_PNG_CALL_HPP
#define MEMLANE_TOOLS_PNG_CALL_HPP

#include <png.h>

#include <array>
#include <csetjmp>

namespace memlane::tool {

/** Why a call failed. Trivial, so that a longjmp() may pass it. */
struct png_failure {
    std::array<char, 160> reason = {}; /**< libpng's words */
    int errnum = 0;                    /**< of the read(2) or write(2) that failed, if one did */
};

/** For png_create_read_struct(), with a png_failure as its pointer: keeps the words, jumps. */
[[noreturn]] void fail_png(png_structp png, png_const_charp message);

/** For png_create_read_struct(): libpng's doubts are nobody's business. */
void ignore_png_warning(png_structp png, png_const_charp message);

/**
 * Calls libpng.
 *
 * @param call has, when it calls libpng, no object with a destructor; what it
 *        works on belongs to its caller
 * @return whether all went well; else the png_failure says why not
 */
template <typename Call>
[[nodiscard]] bool call_png(png_structp png, const Call& call)
{
    if (setjmp(png_jmpbuf(png)) != 0) { // NOLINT(cert-err52-cpp): it is libpng's way
        return false;
    }
    call();
    return true;
}

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_PNG_CALL_HPP
