// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Copying memory that may vanish meanwhile: a file that is truncated, a device
// that is unplugged. The access then raises SIGBUS, which ends the copy only.
#ifndef MEMLANE_LIB_GUARDED_COPY_HPP
#define MEMLANE_LIB_GUARDED_COPY_HPP

#include <cstddef>
#include <span>

namespace memlane::detail {

/** How the CPU shall access the memory that is not ours. */
enum class access_kind {
    cached, /**< as any memory */
    device, /**< aligned and in wide pieces, since each access may cross a bus */
};

/**
 * Takes SIGBUS in this process as long as one exists. What is no fault of a
 * guarded copy goes on to the handler there was before.
 */
class sigbus_scope final {
public:
    sigbus_scope();
    sigbus_scope(const sigbus_scope&) = delete;
    sigbus_scope& operator=(const sigbus_scope&) = delete;
    ~sigbus_scope();
};

/**
 * Copies from memory that may vanish. Needs a sigbus_scope.
 *
 * @param to as long as @p from
 * @return bytes copied: all, or those in front of the page that is not there
 */
[[nodiscard]] std::size_t copy_from(std::span<const std::byte> from, std::byte* to,
                                    access_kind access);

/** Copies to memory that may vanish; see copy_from(). */
[[nodiscard]] std::size_t copy_to(std::span<std::byte> to, const std::byte* from,
                                  access_kind access);

/**
 * Reads as copy_from(), by one access a word: registers tell apart one access of four
 * bytes and four of one.
 *
 * @param from whole words, aligned
 * @param width bytes of a word: 1, 2, 4 or 8
 */
[[nodiscard]] std::size_t copy_words_from(std::span<const std::byte> from, std::byte* to,
                                          unsigned width);

/** Writes as copy_to(), by one access a word; see copy_words_from(). */
[[nodiscard]] std::size_t copy_words_to(std::span<std::byte> to, const std::byte* from,
                                        unsigned width);

} // namespace memlane::detail

#endif // MEMLANE_LIB_GUARDED_COPY_HPP
