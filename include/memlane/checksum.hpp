// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_CHECKSUM_HPP
#define MEMLANE_CHECKSUM_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace memlane {

enum class checksum_kind {
    crc32c, /**< CRC-32 of Castagnoli's polynomial, RFC 3720 */
    sha256, /**< FIPS 180-4 */
    xxh3,   /**< XXH3, 64 bits, of xxHash 0.8 */
};

/** @return "crc32c", "sha256" or "xxh3". */
[[nodiscard]] std::string_view to_string(checksum_kind kind) noexcept;

/** @return the kind so named, or nothing. */
[[nodiscard]] std::optional<checksum_kind> parse_checksum_kind(std::string_view name) noexcept;

/** A checksum over bytes that come piece by piece. Not thread-safe. */
class checksum final {
public:
    /** @throws std::bad_alloc */
    explicit checksum(checksum_kind kind);
    checksum(checksum&&) noexcept;
    checksum& operator=(checksum&&) noexcept;
    ~checksum();

    void update(std::span<const std::byte> bytes);

    /** @return that of all bytes so far: hex digits, as xxhsum and sha256sum print them. */
    [[nodiscard]] std::string hex() const;

    struct state; /**< one class a kind, private to the library */

private:
    std::unique_ptr<state> state_;
};

} // namespace memlane

#endif // MEMLANE_CHECKSUM_HPP
