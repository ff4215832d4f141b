// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>

#include "obstacles.hpp"
#include "uapi.hpp"
#include "way_list.hpp"

namespace memlane::detail {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t shortest_step = 1U << 20U;
constexpr std::uint64_t first_step = 4U << 20U;
constexpr std::uint64_t longest_step = 4ULL << 30U;
constexpr auto step_time = 300ms;

/** @return a step that would take about step_time, at most four times the last one. */
std::uint64_t next_step(std::uint64_t step, clock::duration elapsed)
{
    if (elapsed * 4 <= step_time) {
        return std::min(step * 4, longest_step);
    }
    const double factor = std::chrono::duration<double>(step_time) / elapsed;
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(step) * factor);
    // A power of two is a multiple of any alignment that direct I/O asks for.
    return std::clamp(std::bit_floor(wanted), shortest_step, longest_step);
}

/** One call, or steps of a fraction of a second for the sake of progress. */
outcome move(const job& work, const watch& observer)
{
    std::uint64_t step = observer.wants_progress() ? first_step : work.length;
    std::uint64_t done = 0;
    while (done < work.length) {
        if (observer.stopped()) {
            return {.done_bytes = done, .errnum = EINTR};
        }
        const std::uint64_t length = std::min(step, work.length - done);
        const auto start = clock::now();
        const outcome moved = transfer_once(work, done, length);
        done += moved.done_bytes;
        observer.report(done);
        if (moved.errnum == EINTR) {
            continue; // some other signal, unless we are to stop
        }
        if (moved.errnum != 0 || moved.done_bytes < length) {
            return {.done_bytes = done, .errnum = moved.errnum};
        }
        if (observer.wants_progress()) {
            step = next_step(step, clock::now() - start);
        }
    }
    return {.done_bytes = done};
}

class kernel_way final : public way {
public:
    [[nodiscard]] way_kind kind() const noexcept override { return way_kind::kernel; }

    [[nodiscard]] verdict probe(const source& memory, const direct_file& file,
                                const byte_range& range) const override
    {
        if (!memory.has_kernel_way()) {
            return {false, "the kernel way is only for regions of memlane"};
        }
        if (std::string why = why_not_zero_copy(file, range); !why.empty()) {
            return {false, std::move(why)};
        }
        return {true, "the memory is a region of memlane and the file takes direct I/O"};
    }

    [[nodiscard]] outcome run(const job& work, const watch& observer) const override
    {
        return move(work, observer);
    }
};

} // namespace

const way& kernel()
{
    static const kernel_way one;
    return one;
}

} // namespace memlane::detail
