// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/memory_reader.hpp"

#include "guarded_range.hpp"

namespace memlane {

struct memory_reader::state {
    detail::guarded_range range;
};

memory_reader::memory_reader(const source& memory, std::uint64_t offset_bytes,
                             std::uint64_t length_bytes)
    : state_(new state{detail::guarded_range(memory, offset_bytes, length_bytes)})
{
}

memory_reader::memory_reader(memory_reader&&) noexcept = default;
memory_reader& memory_reader::operator=(memory_reader&&) noexcept = default;
memory_reader::~memory_reader() = default;

void memory_reader::read(std::uint64_t offset_bytes, std::span<std::byte> to) const
{
    const auto from = state_->range.part(offset_bytes, to.size());
    state_->range.require(detail::copy_from(from, to.data(), state_->range.access()), to.size(),
                          "read", offset_bytes);
}

void memory_reader::read_words(std::uint64_t offset_bytes, std::span<std::byte> to,
                               unsigned width) const
{
    const auto from = state_->range.words(offset_bytes, to.size(), width, "read");
    state_->range.require(detail::copy_words_from(from, to.data(), width), to.size(), "read",
                          offset_bytes);
}

} // namespace memlane
