// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/memory_reader.hpp"

#include <cassert>
#include <cerrno>

#include "guarded_copy.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane {

struct memory_reader::state {
    const source& memory;
    std::uint64_t offset;
    detail::access_kind access;
    mapping range;
    detail::sigbus_scope sigbus = {};
};

memory_reader::memory_reader(const source& memory, std::uint64_t offset_bytes,
                             std::uint64_t length_bytes)
    : state_(new state{.memory = memory,
                       .offset = offset_bytes,
                       .access = detail::best_access(memory),
                       .range = memory.map(offset_bytes, length_bytes)})
{
}

memory_reader::memory_reader(memory_reader&&) noexcept = default;
memory_reader& memory_reader::operator=(memory_reader&&) noexcept = default;
memory_reader::~memory_reader() = default;

void memory_reader::read(std::uint64_t offset_bytes, std::span<std::byte> to) const
{
    assert(offset_bytes + to.size() <= state_->range.bytes().size());
    const std::size_t done = detail::copy_from(
        state_->range.bytes().subspan(static_cast<std::size_t>(offset_bytes), to.size()), to.data(),
        state_->access);
    if (done < to.size()) {
        throw_error(EFAULT, "read", "source", state_->memory.uri(),
                    detail::describe_gap(state_->memory, state_->offset + offset_bytes + done));
    }
}

} // namespace memlane
