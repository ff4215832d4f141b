// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_WINDOW_MAP_HPP
#define MEMLANE_LIB_WINDOW_MAP_HPP

#include <cstdint>
#include <memory>

#include "job.hpp"

namespace memlane::detail {

/** Bytes of a mapping, which lives as long as they are held. */
struct held_bytes {
    std::shared_ptr<const mapping> holder;
    std::span<std::byte> bytes;
};

/**
 * Maps a job's memory window by window, since it may be larger than the address
 * space. A window goes when the last of its bytes is let go. Not thread-safe.
 */
class window_map final {
public:
    explicit window_map(const job& work);

    /**
     * @param position of the first byte, in the job; it and the bytes behind it
     *        lie in one piece of io_bytes
     * @throws std::system_error when not even a piece can be mapped
     */
    [[nodiscard]] held_bytes at(std::uint64_t position, std::uint32_t length);

private:
    void move_to(std::uint64_t position);

    const source& memory_;
    std::uint64_t offset_;
    std::uint64_t length_;
    std::uint64_t piece_bytes_;
    std::uint64_t window_bytes_; // a multiple of piece_bytes_
    std::uint64_t start_ = 0;    // of the window, in the job
    std::shared_ptr<const mapping> window_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_WINDOW_MAP_HPP
