// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_MOVER_HPP
#define MEMLANE_LIB_MOVER_HPP

#include "plan.hpp"

namespace memlane::detail {

/** A range between memory and an open file, by the best way; shared by save and load. */
class mover final {
public:
    /**
     * Decides and checks everything, moves nothing.
     *
     * @param action verb, source and target, for errors
     * @throws error see choose_way(), resolve_shape()
     */
    mover(const memory& mem, direct_file& file, direction heading, const byte_range& range,
          const transfer_options& options, const std::string& action);

    [[nodiscard]] const plan& chosen() const noexcept { return plan_; }

    /**
     * Moves the range: the aligned part by the way chosen, the tail by a small
     * buffer.
     *
     * @param may_pad a save may write on up to the next block, to spare the tail
     */
    [[nodiscard]] outcome run(bool may_pad);

private:
    [[nodiscard]] outcome run_plan(bool may_pad);
    [[nodiscard]] std::uint64_t body_length(bool may_pad) const;

    const memory& mem_;
    direct_file& file_;
    byte_range range_;
    const transfer_options& options_;
    io_shape shape_;
    direction heading_;
    plan plan_;
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_MOVER_HPP
