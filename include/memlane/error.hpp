// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_ERROR_HPP
#define MEMLANE_ERROR_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace memlane {

/**
 * Something the system refused.
 *
 * code() is the errno in the generic category; what() reads
 * "open file out.raw: Permission denied (EACCES): DETAIL".
 */
class error : public std::system_error {
public:
    /**
     * @param errnum the errno
     * @param action verb, object and path: "open file out.raw"
     * @param detail why, or what to do about it; may be empty
     */
    error(int errnum, std::string_view action, std::string_view detail = {});

    [[nodiscard]] const char* what() const noexcept override { return text_->c_str(); }

protected:
    /** For a class that words the whole of what() itself. */
    error(int errnum, std::string text, std::nullptr_t);

private:
    // Shared, so that copying the exception cannot throw.
    std::shared_ptr<const std::string> text_;
};

/**
 * A transfer that ended early.
 *
 * what() reads "save memlane:capture -> out.raw: No space left on device
 * (ENOSPC) after 1.25 GiB of 4.00 GiB; the file holds those 1.25 GiB".
 * code() is EINTR when it was stopped on request.
 */
class transfer_error final : public error {
public:
    /**
     * @param errnum the errno
     * @param action verb, source and target: "save memlane:capture -> out.raw"
     * @param done_bytes what arrived, from the start without a gap
     * @param total_bytes what was asked for
     * @param aftermath what the target is left with
     */
    transfer_error(int errnum, std::string_view action, std::uint64_t done_bytes,
                   std::uint64_t total_bytes, std::string_view aftermath);

    [[nodiscard]] std::uint64_t done_bytes() const noexcept { return done_bytes_; }
    [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_; }

private:
    std::uint64_t done_bytes_;
    std::uint64_t total_bytes_;
};

/** @return the name of an errno, "ENOSPC", or its number where it has none. */
[[nodiscard]] std::string errno_name(int errnum);

/** @return words and name of an errno: "No space left on device (ENOSPC)". */
[[nodiscard]] std::string describe_errno(int errnum);

/**
 * Throws error with @p verb, @p object and @p path as its action.
 *
 * @param detail see error
 */
[[noreturn]] void throw_error(int errnum, std::string_view verb, std::string_view object,
                              std::string_view path, std::string_view detail = {});

} // namespace memlane

#endif // MEMLANE_ERROR_HPP
