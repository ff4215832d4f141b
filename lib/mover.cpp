// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mover.hpp"

#include <algorithm>

#include "block.hpp"
#include "verify.hpp"

namespace memlane::detail {

mover::mover(const source& memory, direct_file& file, direction heading, const byte_range& range,
             const transfer_options& options, const std::string& action)
    : memory_(memory), file_(file), range_(range), options_(options), heading_(heading),
      plan_(choose_way(options, memory, file, range, action))
{
    require_shape(options, action);
    require_two_files(memory, file, action);
}

outcome mover::run(bool may_pad)
{
    outcome moved = run_plan(may_pad);
    if (auto other = plan_after_refusal(options_.requested, plan_, moved)) {
        plan_ = std::move(*other);
        moved = run_plan(may_pad);
    }
    if (!moved.note.empty()) {
        plan_.reason += "; " + moved.note;
    }
    moved.done_bytes = std::min(moved.done_bytes, range_.length);
    return moved;
}

outcome mover::run_plan(bool may_pad)
{
    const way_kind kind = plan_.used->kind();
    if (file_.can_direct()) {
        file_.set_direct(kind != way_kind::buffered);
    }
    if (options_.checksum && sees_bytes(kind)) {
        sum_.emplace(*options_.checksum, range_.length);
    }
    const io_shape shape = shape_of(options_, kind, range_.length);
    job work = {.memory = &memory_,
                .file_fd = file_.fd(),
                .heading = heading_,
                .offset = range_.offset,
                .length = body_length(may_pad),
                .file_offset = range_.file_offset,
                .io_bytes = shape.io_bytes,
                .depth = shape.depth,
                .sum = sum_ ? &*sum_ : nullptr};
    const watch observer(options_, transfer_phase::moving, range_.length);

    outcome moved = plan_.used->run(work, observer);
    if (moved.errnum != 0 || moved.done_bytes < work.length || work.length >= range_.length) {
        return moved;
    }
    work.offset += work.length;
    work.file_offset += work.length;
    work.length = range_.length - work.length;
    const outcome tail = move_tail(work, static_cast<std::size_t>(plan_.alignment));
    moved.done_bytes += tail.done_bytes;
    moved.errnum = tail.errnum;
    moved.note += tail.note;
    return moved;
}

transfer_result mover::finish(const transfer_cost& spent)
{
    const bool sum_now = options_.checksum && !sum_;
    if (sum_now) {
        sum_.emplace(*options_.checksum, range_.length);
    }
    if (options_.verify) {
        verify(memory_, file_, range_, watch(options_, transfer_phase::verifying, range_.length),
               sum_now ? &*sum_ : nullptr);
    }
    return {.bytes = range_.length,
            .elapsed = spent.elapsed,
            .used = plan_.used->kind(),
            .reason = plan_.reason,
            .checksum = sum_ ? sum_->hex() : "",
            .cpu = spent.cpu};
}

std::uint64_t mover::body_length(bool may_pad) const
{
    const std::uint64_t excess = range_.length % plan_.alignment;
    if (excess == 0) {
        return range_.length;
    }
    const std::uint64_t padded = range_.length - excess + plan_.alignment;
    if (may_pad && padded <= memory_.size_bytes() - range_.offset) {
        return padded;
    }
    return range_.length - excess;
}

} // namespace memlane::detail
