// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_MOVER_HPP
#define MEMLANE_LIB_MOVER_HPP

#include <chrono>

#include "plan.hpp"

namespace memlane::detail {

/** What a transfer has taken. */
struct transfer_cost {
    std::chrono::nanoseconds elapsed;
    std::chrono::nanoseconds cpu;
};

/** A range between memory and an open file, by the best way; shared by save and load. */
class mover final {
public:
    /**
     * Decides and checks everything, moves nothing.
     *
     * @param action verb, source and target, for errors
     * @throws error see choose_way(), require_shape()
     */
    mover(const source& memory, direct_file& file, direction heading, const byte_range& range,
          const transfer_options& options, const std::string& action);

    [[nodiscard]] const plan& chosen() const noexcept { return plan_; }

    /**
     * Moves the range: the aligned part by the way chosen, the tail by a small
     * buffer.
     *
     * @param may_pad a save may write on up to the next block, to spare the tail
     */
    [[nodiscard]] outcome run(bool may_pad);

    /**
     * Ends a transfer that arrived as a whole: verifies it if that was asked
     * for, sums it up.
     *
     * @param spent ran from the start until the data was on the device
     * @throws error see verify()
     */
    [[nodiscard]] transfer_result finish(const transfer_cost& spent);

private:
    [[nodiscard]] outcome run_plan(bool may_pad);
    [[nodiscard]] std::uint64_t body_length(bool may_pad) const;

    const source& memory_;
    direct_file& file_;
    byte_range range_;
    const transfer_options& options_;
    direction heading_;
    plan plan_;
    std::optional<digest> sum_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_MOVER_HPP
