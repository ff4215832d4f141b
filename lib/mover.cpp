// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mover.hpp"

#include <algorithm>

#include "block.hpp"
#include "ways.hpp"

namespace memlane::detail {

namespace {

outcome run_way(way chosen, const job& work, const watch& observer)
{
    switch (chosen) {
    case way::kernel:
        return run_kernel(work, observer);
    case way::direct:
        return run_direct(work, observer);
    default:
        return run_syscalls(work, observer);
    }
}

} // namespace

mover::mover(const memory& mem, direct_file& file, direction heading, const byte_range& range,
             const transfer_options& options, const std::string& action)
    : mem_(mem), file_(file), range_(range), options_(options),
      shape_(resolve_shape(options, mem, action)), heading_(heading),
      plan_(choose_way(options.requested, mem, file, range, action))
{
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
    if (file_.can_direct()) {
        file_.set_direct(plan_.used != way::buffered);
    }
    job work = {.memory_fd = mem_.fd,
                .file_fd = file_.fd(),
                .heading = heading_,
                .offset = range_.offset,
                .length = body_length(may_pad),
                .file_offset = range_.file_offset,
                .io_bytes = shape_.io_bytes,
                .depth = shape_.depth};
    const watch observer(options_, transfer_phase::moving, range_.length);

    outcome moved = run_way(plan_.used, work, observer);
    if (moved.errnum != 0 || moved.done_bytes < work.length || work.length >= range_.length) {
        return moved;
    }
    work.offset += work.length;
    work.file_offset += work.length;
    work.length = range_.length - work.length;
    const outcome tail = move_tail(work, static_cast<std::size_t>(plan_.alignment));
    moved.done_bytes += tail.done_bytes;
    moved.errnum = tail.errnum;
    return moved;
}

std::uint64_t mover::body_length(bool may_pad) const
{
    const std::uint64_t excess = range_.length % plan_.alignment;
    if (excess == 0) {
        return range_.length;
    }
    const std::uint64_t padded = range_.length - excess + plan_.alignment;
    if (may_pad && padded <= mem_.size_bytes - range_.offset) {
        return padded;
    }
    return range_.length - excess;
}

} // namespace memlane::detail
