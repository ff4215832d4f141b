// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/checksum.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <isa-l/crc.h>
#include <nettle/sha2.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace memlane {

namespace {

constexpr std::array kinds = {checksum_kind::crc32c, checksum_kind::sha256, checksum_kind::xxh3};

} // namespace

struct checksum::state {
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    virtual ~state() = default;

    virtual void update(std::span<const std::byte> bytes) = 0;
    [[nodiscard]] virtual std::string hex() const = 0;
};

namespace {

class crc32c_state final : public checksum::state {
public:
    void update(std::span<const std::byte> bytes) override
    {
        constexpr std::size_t most = 1U << 30U; // the length is an int
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min(bytes.size(), most));
            // The argument is const in all but its type.
            auto* const data =
                reinterpret_cast<unsigned char*>(const_cast<std::byte*>(part.data()));
            value_ = ::crc32_iscsi(data, static_cast<int>(part.size()), value_);
            bytes = bytes.subspan(part.size());
        }
    }

    // The algorithm begins and ends with an inversion, which the function leaves to us.
    [[nodiscard]] std::string hex() const override { return fmt::format("{:08x}", ~value_); }

private:
    unsigned value_ = std::numeric_limits<unsigned>::max();
};

class sha256_state final : public checksum::state {
public:
    sha256_state() { ::nettle_sha256_init(&context_); }

    void update(std::span<const std::byte> bytes) override
    {
        ::nettle_sha256_update(&context_, bytes.size(),
                               reinterpret_cast<const std::uint8_t*>(bytes.data()));
    }

    [[nodiscard]] std::string hex() const override
    {
        sha256_ctx copy = context_; // the digest ends a context
        std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
        ::nettle_sha256_digest(&copy, digest.size(), digest.data());
        return fmt::format("{:02x}", fmt::join(digest, ""));
    }

private:
    sha256_ctx context_ = {};
};

class xxh3_state final : public checksum::state {
public:
    xxh3_state() : state_(::XXH3_createState())
    {
        if (state_ == nullptr) {
            throw std::bad_alloc();
        }
        ::XXH3_64bits_reset(state_);
    }
    xxh3_state(const xxh3_state&) = delete;
    xxh3_state& operator=(const xxh3_state&) = delete;
    ~xxh3_state() override { ::XXH3_freeState(state_); }

    void update(std::span<const std::byte> bytes) override
    {
        ::XXH3_64bits_update(state_, bytes.data(), bytes.size());
    }

    [[nodiscard]] std::string hex() const override
    {
        return fmt::format("{:016x}", ::XXH3_64bits_digest(state_));
    }

private:
    XXH3_state_t* state_;
};

std::unique_ptr<checksum::state> make_state(checksum_kind kind)
{
    switch (kind) {
    case checksum_kind::crc32c:
        return std::make_unique<crc32c_state>();
    case checksum_kind::sha256:
        return std::make_unique<sha256_state>();
    default:
        return std::make_unique<xxh3_state>();
    }
}

} // namespace

std::string_view to_string(checksum_kind kind) noexcept
{
    switch (kind) {
    case checksum_kind::crc32c:
        return "crc32c";
    case checksum_kind::sha256:
        return "sha256";
    case checksum_kind::xxh3:
        return "xxh3";
    }
    return "unknown";
}

std::optional<checksum_kind> parse_checksum_kind(std::string_view name) noexcept
{
    const auto* const found = std::find_if(
        kinds.begin(), kinds.end(), [&](checksum_kind each) { return to_string(each) == name; });
    return found != kinds.end() ? std::optional(*found) : std::nullopt;
}

checksum::checksum(checksum_kind kind) : state_(make_state(kind)) {}
checksum::checksum(checksum&&) noexcept = default;
checksum& checksum::operator=(checksum&&) noexcept = default;
checksum::~checksum() = default;

void checksum::update(std::span<const std::byte> bytes)
{
    state_->update(bytes);
}

std::string checksum::hex() const
{
    return state_->hex();
}

} // namespace memlane
