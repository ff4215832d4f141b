// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the command says. Lines may hold names and texts of others: they are made
// printable() here, so that no verb has to.
#ifndef MEMLANE_TOOLS_OUTPUT_HPP
#define MEMLANE_TOOLS_OUTPUT_HPP

#include <functional>
#include <string_view>

#include "memlane/error.hpp"

namespace memlane::tool {

/** Something could not be printed; what the command does has been done, or goes on. */
class output_error final : public error {
public:
    /** @param action "write standard output", which must outlive it */
    output_error(int errnum, const char* action, std::string_view detail = {})
        : error(errnum, action, detail), action_(action)
    {
    }

    [[nodiscard]] const char* action() const noexcept { return action_; }

private:
    const char* action_;
};

/**
 * Opens /dev/null in place of standard input, output and error where they are closed, so
 * that no file gets their numbers. Reading and writing the first two fails as on a closed
 * one; what goes to standard error is lost, since nobody wants it. The first thing of all.
 */
void open_standard_descriptors() noexcept;

/** Writes text of our own to standard output. @throws output_error: a full disk, a closed pipe */
void put(std::string_view text);

/** Writes a line to standard output. @throws output_error as put() */
void put_line(std::string_view text);

/** Gets everything out that is still buffered. @throws output_error as put() */
void finish_output();

/** Writes a line for people to standard error, behind who says it. Failures do not matter. */
void note(std::string_view text, std::string_view speaker = "memlane") noexcept;

/** Where data itself goes to standard output, words go to standard error. */
enum class words_to { output, error };

[[nodiscard]] inline words_to words_beside(std::string_view target) noexcept
{
    return target == "-" ? words_to::error : words_to::output;
}

/** Writes a line. @throws output_error as put(), of standard error as well */
void put_line(words_to where, std::string_view text);

/** Writes text of our own. @throws output_error likewise */
void put(words_to where, std::string_view text);

/**
 * Prints the result of what is done, and gets it out.
 *
 * @param done what is in place whatever becomes of the words: "all 4.00 KiB are saved"
 * @throws output_error that says so
 */
void put_result(const std::function<void()>& print, std::string_view done);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_OUTPUT_HPP
