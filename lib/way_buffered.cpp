// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "crew.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"
#include "way_list.hpp"

namespace memlane::detail {

namespace {

class buffered_way final : public way {
public:
    [[nodiscard]] way_kind kind() const noexcept override { return way_kind::buffered; }

    [[nodiscard]] verdict probe(const source& memory, const direct_file& /*file*/,
                                const byte_range& /*range*/) const override
    {
        if (const int errnum = memory_io(memory).refusal(); errnum != 0) {
            return {false, fmt::format("the memory can be neither mapped nor read: {}",
                                       describe_errno(errnum))};
        }
        return {true, "the page cache takes everything"};
    }

    /** The kernel copies from the mapping, unless somebody wants to see the bytes on their way. */
    [[nodiscard]] outcome run(const job& work, const watch& observer) const override
    {
        const bool mapped = work.sum == nullptr && try_pin(*work.memory, work.offset) == 0;
        return run_crew(work, observer, mapped ? staging::none : staging::buffer, 1);
    }
};

} // namespace

const way& buffered()
{
    static const buffered_way one;
    return one;
}

} // namespace memlane::detail
