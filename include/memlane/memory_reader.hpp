// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_MEMORY_READER_HPP
#define MEMLANE_MEMORY_READER_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "memlane/source.hpp"

namespace memlane {

/**
 * Copies from a range of a source that may vanish meanwhile, again and again
 * and by one mapping. A file that is cut short, or a card that is unplugged,
 * is an error here and not the SIGBUS it is to who reads a mapping.
 *
 * As long as one exists SIGBUS is taken in this process; what is no fault of a
 * read goes on to the handler there was. One object is for one thread.
 */
class memory_reader final {
public:
    /**
     * @param memory must outlive the reader
     * @throws error as source::map()
     */
    memory_reader(const source& memory, std::uint64_t offset_bytes, std::uint64_t length_bytes);
    memory_reader(memory_reader&&) noexcept;
    memory_reader& operator=(memory_reader&&) noexcept;
    ~memory_reader();

    /**
     * Fills @p to.
     *
     * @param offset_bytes in the range; with @p to it must not pass its end
     * @throws error EFAULT when the memory is not there any more, with the place and why
     */
    void read(std::uint64_t offset_bytes, std::span<std::byte> to) const;

    /**
     * Fills @p to by one access a word, as registers want it.
     *
     * @param width bytes of a word: 1, 2, 4 or 8; @p to is whole words
     * @throws error EFAULT as read(); EINVAL where the words are not aligned in memory
     */
    void read_words(std::uint64_t offset_bytes, std::span<std::byte> to, unsigned width) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace memlane

#endif // MEMLANE_MEMORY_READER_HPP
