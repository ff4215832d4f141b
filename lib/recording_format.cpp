// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <isa-l/crc.h>
#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <concepts>
#include <cstring>
#include <limits>
#include <string_view>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

constexpr std::string_view magic = "MLINDEX1";
constexpr std::size_t header_sum_at = index_header_bytes - 4;
constexpr std::size_t header_spare_at = 48;
constexpr std::size_t record_sum_at = index_record_bytes - 4;

/** Puts numbers one behind the other, the least significant byte first on any machine. */
class writer final {
public:
    explicit writer(std::span<std::byte> to) : left_(to) {}

    template <std::unsigned_integral Number>
    void put(Number value) noexcept
    {
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(left_.data(), &value, sizeof(Number)); // each frame passes here
        } else {
            for (unsigned i = 0; i < sizeof(Number); ++i) {
                left_[i] = static_cast<std::byte>(value >> (8 * i));
            }
        }
        left_ = left_.subspan(sizeof(Number));
    }

    void put(std::span<const std::byte> bytes) noexcept
    {
        std::copy(bytes.begin(), bytes.end(), left_.begin());
        left_ = left_.subspan(bytes.size());
    }

private:
    std::span<std::byte> left_;
};

class reader final {
public:
    explicit reader(std::span<const std::byte> from) : left_(from) {}

    template <std::unsigned_integral Number>
    Number get() noexcept
    {
        Number value = 0;
        for (unsigned i = 0; i < sizeof(Number); ++i) {
            value |= std::to_integer<Number>(left_[i]) << (8 * i);
        }
        left_ = left_.subspan(sizeof(Number));
        return value;
    }

    std::span<const std::byte> get(std::size_t length) noexcept
    {
        const auto bytes = left_.first(length);
        left_ = left_.subspan(length);
        return bytes;
    }

private:
    std::span<const std::byte> left_;
};

/** CRC-32C over bytes that come in pieces. */
class crc32c final {
public:
    crc32c& add(std::span<const std::byte> bytes) noexcept
    {
        // The argument is const in all but its type.
        auto* const data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
        value_ = ::crc32_iscsi(data, static_cast<int>(bytes.size()), value_);
        return *this;
    }

    [[nodiscard]] std::uint32_t value() const noexcept { return ~value_; }

private:
    std::uint32_t value_ = std::numeric_limits<std::uint32_t>::max();
};

std::uint32_t sum_of_record(std::span<const std::byte> record, const recording_id& id) noexcept
{
    return crc32c().add(std::as_bytes(std::span(id))).add(record.first(record_sum_at)).value();
}

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t offset) noexcept
{
    return reader(bytes.subspan(offset)).get<std::uint32_t>();
}

bool is_zero(std::span<const std::byte> bytes) noexcept
{
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::byte each) { return each == std::byte{}; });
}

} // namespace

recording_id make_recording_id()
{
    recording_id id;
    // So few bytes come as a whole; a signal can only interrupt the wait for the first entropy.
    while (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
        if (errno != EINTR) {
            throw error(errno, "make the id of a recording");
        }
    }
    return id;
}

std::string to_hex(const recording_id& id)
{
    return fmt::format("{:02x}", fmt::join(id, ""));
}

header_bytes encode(const index_header& header) noexcept
{
    header_bytes bytes = {};
    writer out(bytes);
    out.put(std::as_bytes(std::span(magic)));
    out.put(std::as_bytes(std::span(header.id)));
    out.put(header.created_ns);
    out.put(header.block_bytes);
    out.put(header.slot_bytes);
    out.put(header.rotate_bytes);
    const auto summed = std::span(bytes).first(header_sum_at);
    writer(std::span(bytes).subspan(header_sum_at)).put(crc32c().add(summed).value());
    return bytes;
}

record_bytes encode(const index_record& record, const recording_id& id) noexcept
{
    record_bytes bytes = {};
    writer out(bytes);
    out.put(record.what.sequence);
    out.put(static_cast<std::uint64_t>(record.what.timestamp.count()));
    out.put(record.offset_bytes);
    out.put(record.what.dropped);
    out.put(record.what.length_bytes);
    out.put(record.what.flags);
    out.put(record.file);
    out.put(sum_of_record(bytes, id));
    return bytes;
}

std::optional<index_header>
decode_header(std::span<const std::byte, index_header_bytes> bytes) noexcept
{
    reader in(bytes);
    const auto start = in.get(magic.size());
    if (!std::ranges::equal(start, std::as_bytes(std::span(magic))) ||
        number_at(bytes, header_sum_at) != crc32c().add(bytes.first(header_sum_at)).value() ||
        !is_zero(bytes.subspan(header_spare_at, header_sum_at - header_spare_at))) {
        return std::nullopt;
    }
    index_header header = {};
    const auto id = in.get(header.id.size());
    std::ranges::transform(id, header.id.begin(), std::to_integer<std::uint8_t>);
    header.created_ns = in.get<std::uint64_t>();
    header.block_bytes = in.get<std::uint32_t>();
    header.slot_bytes = in.get<std::uint32_t>();
    header.rotate_bytes = in.get<std::uint64_t>();
    return header;
}

std::optional<index_record> decode_record(std::span<const std::byte, index_record_bytes> bytes,
                                          const recording_id& id) noexcept
{
    if (number_at(bytes, record_sum_at) != sum_of_record(bytes, id)) {
        return std::nullopt;
    }
    reader in(bytes);
    index_record record = {};
    record.what.sequence = in.get<std::uint64_t>();
    record.what.timestamp =
        std::chrono::nanoseconds(static_cast<std::int64_t>(in.get<std::uint64_t>()));
    record.offset_bytes = in.get<std::uint64_t>();
    record.what.dropped = in.get<std::uint64_t>();
    record.what.length_bytes = in.get<std::uint32_t>();
    record.what.flags = in.get<std::uint32_t>();
    record.file = in.get<std::uint32_t>();
    return record;
}

std::string raw_path(const std::string& base, std::uint32_t file)
{
    return file == 0 ? base + ".raw" : fmt::format("{}.{}.raw", base, file);
}

std::string index_path(const std::string& base)
{
    return base + ".index";
}

std::string json_path(const std::string& base)
{
    return base + ".json";
}

} // namespace memlane::detail
