// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_MEMORY_WRITER_HPP
#define MEMLANE_MEMORY_WRITER_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "memlane/source.hpp"

namespace memlane {

/**
 * Copies to a range of a source that may vanish meanwhile, again and again and
 * by one mapping: the counterpart of memory_reader, whose rules hold here too.
 */
class memory_writer final {
public:
    /**
     * @param memory opened read_write; must outlive the writer
     * @throws error as source::map()
     */
    memory_writer(const source& memory, std::uint64_t offset_bytes, std::uint64_t length_bytes);
    memory_writer(memory_writer&&) noexcept;
    memory_writer& operator=(memory_writer&&) noexcept;
    ~memory_writer();

    /**
     * Writes all of @p from, in the order of addresses.
     *
     * @param offset_bytes in the range; with @p from it must not pass its end
     * @throws error EFAULT when the memory is not there any more, with the place and why;
     *         what lies in front of that place is written
     */
    void write(std::uint64_t offset_bytes, std::span<const std::byte> from) const;

    /**
     * Writes all of @p from by one access a word, as registers want it.
     *
     * @param width bytes of a word: 1, 2, 4 or 8; @p from is whole words
     * @throws error EFAULT as write(); EINVAL where the words are not aligned in memory
     */
    void write_words(std::uint64_t offset_bytes, std::span<const std::byte> from,
                     unsigned width) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace memlane

#endif // MEMLANE_MEMORY_WRITER_HPP
