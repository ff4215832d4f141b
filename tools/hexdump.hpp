// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_HEXDUMP_HPP
#define MEMLANE_TOOLS_HEXDUMP_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace memlane::tool {

inline constexpr std::size_t hex_row_bytes = 16;

/**
 * One line: address, words of @p width bytes in this machine's byte order, and
 * the bytes as ASCII. No newline.
 *
 * @param row at most hex_row_bytes; a word that it cuts off has fewer digits, at the right
 */
[[nodiscard]] std::string format_hex_row(std::uint64_t address, std::span<const std::byte> row,
                                         unsigned width);

/** Turns rows into lines, folding repeated rows into one "*". */
class hex_dumper final {
public:
    /**
     * @param width bytes of a word: 1, 2, 4 or 8
     * @param fold whether repeated rows are folded
     * @param put gets each line, without a newline
     */
    hex_dumper(unsigned width, bool fold, std::function<void(std::string_view)> put);

    /** Adds the next row; only the last may have fewer than hex_row_bytes. */
    void add(std::uint64_t address, std::span<const std::byte> row);

    /** Puts the address behind the last row, so that the length shows. */
    void finish(std::uint64_t end_address);

private:
    [[nodiscard]] bool repeats(std::span<const std::byte> row) const;

    unsigned width_;
    bool fold_;
    std::function<void(std::string_view)> put_;
    std::array<std::byte, hex_row_bytes> last_ = {};
    bool has_last_ = false;
    bool folding_ = false;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_HEXDUMP_HPP
