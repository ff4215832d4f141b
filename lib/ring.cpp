// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ring.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

namespace memlane::detail {

namespace {

constexpr std::size_t chunk_bytes_max = 1U << 30U; // io_uring_register(2), IORING_REGISTER_BUFFERS

} // namespace

ring::ring(unsigned depth)
    // Completions are worked off when this thread waits, and interrupt it at no other time.
    : errnum_(-::io_uring_queue_init(depth, &raw_,
                                     IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN))
{
    if (errnum_ == EINVAL) {
        errnum_ = -::io_uring_queue_init(depth, &raw_, 0); // before Linux 6.1
    }
}

int ring::register_memory(std::span<std::byte> bytes, std::uint32_t unit_bytes)
{
    const std::size_t chunk = chunk_bytes_max / unit_bytes * unit_bytes;
    std::vector<iovec> chunks;
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
        chunks.push_back({.iov_base = &bytes[at], .iov_len = std::min(chunk, bytes.size() - at)});
    }
    const int status =
        ::io_uring_register_buffers(&raw_, chunks.data(), static_cast<unsigned>(chunks.size()));
    if (status == 0) {
        registered_ = bytes;
        chunk_bytes_ = chunk;
    }
    return -status;
}

std::optional<int> ring::index_of(const std::byte* address) const noexcept
{
    if (registered_.empty()) {
        return std::nullopt;
    }
    return static_cast<int>(static_cast<std::size_t>(address - registered_.data()) / chunk_bytes_);
}

} // namespace memlane::detail
