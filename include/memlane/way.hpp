// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_WAY_HPP
#define MEMLANE_WAY_HPP

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "memlane/direct_file.hpp"
#include "memlane/source.hpp"

namespace memlane {

/** Ways between memory and a file, best first. */
enum class way_kind {
    automatic, /**< the first that works */
    kernel,    /**< SAVE and LOAD of the driver: no copy, no mapping */
    direct,    /**< io_uring on a mapping, O_DIRECT: no copy */
    bounce,    /**< one copy to buffers, O_DIRECT from there, both at once */
    buffered,  /**< the page cache: one copy */
    stream,    /**< to a pipe or a socket: splice, vmsplice, or one copy */
};

/** @return "auto", "kernel", "direct", "bounce", "buffered" or "stream". */
[[nodiscard]] std::string_view to_string(way_kind kind) noexcept;

/** The bytes of a transfer, in the memory and in the file. */
struct byte_range {
    std::uint64_t offset;
    std::uint64_t length;
    std::uint64_t file_offset;
};

/** Whether a way works, and why or why not, in words. */
struct verdict {
    bool works;
    std::string reason;
};

namespace detail {
struct job;
struct outcome;
class watch;
} // namespace detail

/** One way. There is one object of each class, without state. */
class way {
public:
    way(const way&) = delete;
    way& operator=(const way&) = delete;
    virtual ~way() = default;

    [[nodiscard]] virtual way_kind kind() const noexcept = 0;

    /**
     * Finds out whether the way works, by trying what cannot be known. Neither
     * the memory nor the file changes.
     */
    [[nodiscard]] virtual verdict probe(const source& memory, const direct_file& file,
                                        const byte_range& range) const = 0;

    /** Moves the bytes of a job; for the library itself. Throws only std::bad_alloc. */
    [[nodiscard]] virtual detail::outcome run(const detail::job& work,
                                              const detail::watch& observer) const = 0;

protected:
    way() = default;
};

/** @return the ways to a file or a block device, best first. */
[[nodiscard]] std::span<const way* const> ways() noexcept;

} // namespace memlane

#endif // MEMLANE_WAY_HPP
