// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "crew.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"
#include "obstacles.hpp"
#include "way_list.hpp"

namespace memlane::detail {

namespace {

class bounce_way final : public way {
public:
    [[nodiscard]] way_kind kind() const noexcept override { return way_kind::bounce; }

    [[nodiscard]] verdict probe(const source& memory, const direct_file& file,
                                const byte_range& range) const override
    {
        if (std::string why = why_not_direct(file, range); !why.empty()) {
            return {false, std::move(why)};
        }
        if (const int errnum = memory_io(memory).refusal(); errnum != 0) {
            return {false, fmt::format("the memory can be neither mapped nor read: {}",
                                       describe_errno(errnum))};
        }
        return {true, "the memory can be copied and the file takes direct I/O"};
    }

    [[nodiscard]] outcome run(const job& work, const watch& observer) const override
    {
        return run_crew(work, observer, staging::buffer, work.depth);
    }
};

} // namespace

const way& bounce()
{
    static const bounce_way one;
    return one;
}

} // namespace memlane::detail
