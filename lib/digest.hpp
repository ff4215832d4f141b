// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_DIGEST_HPP
#define MEMLANE_LIB_DIGEST_HPP

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "memlane/checksum.hpp"

namespace memlane::detail {

/** A checksum over the first bytes of what passes; padding behind them is not counted. */
class digest final {
public:
    digest(checksum_kind kind, std::uint64_t length) : sum_(kind), left_(length) {}

    void update(std::span<const std::byte> bytes)
    {
        const auto counted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        sum_.update(bytes.first(counted));
        left_ -= counted;
    }

    [[nodiscard]] std::string hex() const { return sum_.hex(); }

private:
    checksum sum_;
    std::uint64_t left_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_DIGEST_HPP
