// SPDX-License-Identifier: LGPL-2.1-or-later
//
// An index that shall take the place of another.
#ifndef MEMLANE_LIB_INDEX_WRITER_HPP
#define MEMLANE_LIB_INDEX_WRITER_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "replacement.hpp"

namespace memlane::detail {

/** Written beside OUT.index, and gone unless it takes its place. */
class index_writer final {
public:
    /**
     * Begins with what an index begins with.
     *
     * @param from OUT.index
     * @param bytes of it to copy
     * @throws error as open(2), write(2)
     */
    index_writer(const std::string& base, int from, std::uint64_t bytes);

    void add(std::span<const std::byte> record);

    /** Takes the place of OUT.index, on the disk too, and is locked as that was. */
    void take_its_place();

private:
    void flush();

    replacement file_;
    std::uint64_t written_ = 0;
    std::vector<std::byte> buffer_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_INDEX_WRITER_HPP
