// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ledger.hpp"

#include <algorithm>

namespace memlane::detail {

piece* ledger::take()
{
    if (gap_ != none || next_ >= length_) {
        return nullptr;
    }
    const auto free =
        std::find_if(pieces_.begin(), pieces_.end(), [](const piece& one) { return !one.busy; });
    if (free == pieces_.end()) {
        return nullptr;
    }
    const auto length = std::min<std::uint64_t>(piece_bytes_, length_ - next_);
    *free = {.start = next_, .length = static_cast<std::uint32_t>(length), .busy = true};
    next_ += length;
    ++busy_;
    return &*free;
}

void ledger::give_back(piece& ended)
{
    ended.busy = false;
    --busy_;
}

void ledger::fail_at(std::uint64_t position, int errnum)
{
    if (position < gap_) {
        gap_ = position;
        errnum_ = errnum;
    }
}

std::uint64_t ledger::contiguous() const
{
    std::uint64_t end = std::min(gap_, next_);
    for (const piece& one : pieces_) {
        if (one.busy) {
            end = std::min(end, one.position());
        }
    }
    return end;
}

} // namespace memlane::detail
