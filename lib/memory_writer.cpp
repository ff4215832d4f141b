// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/memory_writer.hpp"

#include "guarded_range.hpp"

namespace memlane {

struct memory_writer::state {
    detail::guarded_range range;
};

memory_writer::memory_writer(const source& memory, std::uint64_t offset_bytes,
                             std::uint64_t length_bytes)
    : state_(new state{detail::guarded_range(memory, offset_bytes, length_bytes)})
{
}

memory_writer::memory_writer(memory_writer&&) noexcept = default;
memory_writer& memory_writer::operator=(memory_writer&&) noexcept = default;
memory_writer::~memory_writer() = default;

void memory_writer::write(std::uint64_t offset_bytes, std::span<const std::byte> from) const
{
    const auto to = state_->range.part(offset_bytes, from.size());
    state_->range.require(detail::copy_to(to, from.data(), state_->range.access()), from.size(),
                          "write", offset_bytes);
}

void memory_writer::write_words(std::uint64_t offset_bytes, std::span<const std::byte> from,
                                unsigned width) const
{
    const auto to = state_->range.words(offset_bytes, from.size(), width, "write");
    state_->range.require(detail::copy_words_to(to, from.data(), width), from.size(), "write",
                          offset_bytes);
}

} // namespace memlane
