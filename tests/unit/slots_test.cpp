// SPDX-License-Identifier: GPL-2.0-or-later
// The frame ring's bookkeeping, module/slots.c, in every state that it can
// come to with a few slots.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "slots.h"
}

namespace {

constexpr std::uint32_t most_slots = 5;

/// A ring, and beside it what a careful reader of slots.h would expect of it.
class model {
public:
    model(std::uint32_t count, std::uint32_t policy)
    {
        ::memlane_slots_init(&ring_, slots_.data(), count, policy);
    }
    // The ring points into its own slots.
    model(const model& other) { *this = other; }
    model& operator=(const model& other)
    {
        ring_ = other.ring_;
        slots_ = other.slots_;
        written_ = other.written_;
        last_ = other.last_;
        leaving_ = other.leaving_;
        ring_.slot = slots_.data();
        return *this;
    }
    ~model() = default;

    [[nodiscard]] const memlane_slots& ring() const { return ring_; }

    [[nodiscard]] std::uint32_t count(std::uint32_t state) const
    {
        return static_cast<std::uint32_t>(
            std::count_if(slots_.begin(), slots_.begin() + ring_.nr,
                          [&](const memlane_slot& slot) { return slot.state == state; }));
    }

    void acquire()
    {
        if (is_leaving(MEMLANE_SLOT_FILLING)) {
            return;
        }
        const bool is_full = ring_.filling == ring_.nr - 1;
        const bool has_free = count(MEMLANE_SLOT_FREE) > 0;
        std::uint32_t index = 0;
        const int result = ::memlane_slots_acquire(&ring_, &index);
        EXPECT_EQ(result, is_full ? -ENOBUFS : has_free ? 0 : -EAGAIN);
    }

    void commit(std::uint32_t index)
    {
        if (is_leaving(MEMLANE_SLOT_FILLING)) {
            return;
        }
        const bool may = slots_[index].state == MEMLANE_SLOT_FILLING;
        const bool was_empty = count(MEMLANE_SLOT_WAITING) == 0;
        const bool has_room =
            count(MEMLANE_SLOT_FREE) > 0 ||
            (ring_.policy == MEMLANE_DROP_OLDEST && count(MEMLANE_SLOT_WAITING) > 0);
        const std::uint64_t sequence = ring_.committed;
        std::uint32_t next = index;
        if (may) {
            written_[index] = sequence; // the producer fills its slot
        }
        const int result = ::memlane_slots_commit(&ring_, &next, 1, 0, sequence);
        if (!may) {
            EXPECT_EQ(result, -EINVAL);
            return;
        }
        EXPECT_EQ(result, has_room && was_empty ? 1 : 0) << "who waits is woken, and nobody else";
        EXPECT_EQ(next != index, has_room);
        EXPECT_EQ(slots_[next].state, MEMLANE_SLOT_FILLING);
        written_[next] = ~0ULL; // and begins with the next
    }

    void give_up(std::uint32_t index)
    {
        if (is_leaving(MEMLANE_SLOT_FILLING)) {
            return;
        }
        const bool may = slots_[index].state == MEMLANE_SLOT_FILLING;
        EXPECT_EQ(::memlane_slots_give_up(&ring_, index), may ? 0 : -EINVAL);
    }

    void next()
    {
        if (is_leaving(MEMLANE_SLOT_HELD)) {
            return;
        }
        const bool has_frame = count(MEMLANE_SLOT_WAITING) > 0;
        std::uint32_t index = 0;
        const int result = ::memlane_slots_next(&ring_, &index);
        ASSERT_EQ(result, has_frame ? 0 : -EAGAIN);
        if (!has_frame) {
            return;
        }
        const memlane_slot& slot = slots_[index];
        EXPECT_EQ(written_[index], slot.sequence) << "what was committed is what is there";
        const std::uint64_t first = last_ ? *last_ + 1 : 0;
        EXPECT_EQ(slot.sequence, first + slot.dropped) << "the gap tells what is missing";
        last_ = slot.sequence;
    }

    /// Slots from @p first on, some of which may not exist.
    void release(std::uint32_t first, std::uint32_t count)
    {
        if (is_leaving(MEMLANE_SLOT_HELD)) {
            return;
        }
        const bool may =
            first + count <= ring_.nr &&
            std::all_of(&slots_[first], &slots_[first] + count,
                        [](const memlane_slot& slot) { return slot.state == MEMLANE_SLOT_HELD; });
        const std::uint32_t held = ring_.held;
        EXPECT_EQ(::memlane_slots_release(&ring_, first, count), may ? 0 : -EINVAL);
        EXPECT_EQ(ring_.held, may ? held - count : held) << "all or none";
    }

    /// One slot on the way of the producer or the consumer out, who does nothing else.
    void take_back(std::uint32_t state)
    {
        std::uint32_t& next = leaving_[state];
        next = ::memlane_slots_take_back(&ring_, state, next, 1);
        if (next == ring_.nr) {
            EXPECT_EQ(count(state), 0U) << "all of them are free";
            next = 0;
        }
    }

    [[nodiscard]] bool is_leaving(std::uint32_t state) const { return leaving_[state] != 0; }

    /// What holds at all times.
    void check() const
    {
        EXPECT_EQ(ring_.committed, ring_.delivered + ring_.dropped + ring_.waiting.nr);
        EXPECT_EQ(ring_.filling, count(MEMLANE_SLOT_FILLING));
        EXPECT_EQ(ring_.held, count(MEMLANE_SLOT_HELD));
        EXPECT_EQ(in_order(ring_.free).size(), count(MEMLANE_SLOT_FREE));
        EXPECT_EQ(in_order(ring_.waiting).size(), count(MEMLANE_SLOT_WAITING));
        for (std::uint32_t i = 0; i < ring_.nr; ++i) {
            if (slots_[i].state == MEMLANE_SLOT_HELD) {
                EXPECT_EQ(written_[i], slots_[i].sequence) << "nobody wrote in what is held";
            }
        }
    }

    /// All that decides what can happen next; sequences only by what they differ.
    [[nodiscard]] std::vector<std::uint64_t> shape() const
    {
        std::vector<std::uint64_t> all = {ring_.gap, last_ ? ring_.committed - *last_ : ~0ULL};
        all.insert(all.end(), leaving_.begin(), leaving_.end());
        for (std::uint32_t i = 0; i < ring_.nr; ++i) {
            all.push_back(slots_[i].state);
            const bool counts = slots_[i].state == MEMLANE_SLOT_WAITING;
            all.push_back(counts ? ring_.committed - slots_[i].sequence : 0);
            all.push_back(counts ? slots_[i].dropped : 0);
        }
        for (const memlane_slot_queue* queue : {&ring_.free, &ring_.waiting}) {
            const std::vector<std::uint32_t> order = in_order(*queue);
            all.insert(all.end(), order.begin(), order.end());
        }
        return all;
    }

private:
    [[nodiscard]] std::vector<std::uint32_t> in_order(const memlane_slot_queue& queue) const
    {
        std::vector<std::uint32_t> order;
        std::uint32_t index = queue.head;
        for (std::uint32_t i = 0; i < queue.nr; ++i) {
            order.push_back(index);
            index = slots_[index].next;
        }
        return order;
    }

    memlane_slots ring_ = {};
    std::array<memlane_slot, most_slots> slots_ = {};
    std::array<std::uint64_t, most_slots> written_ = {}; // what the producer put there
    std::optional<std::uint64_t> last_;                  // the consumer's last frame
    // By the state of their slots: where giving them back has come to, 0: nobody leaves.
    std::array<std::uint32_t, MEMLANE_SLOT_HELD + 1> leaving_ = {};
};

/// @return what can become of a state by one call, of whoever on whatever slot
std::vector<model> successors(const model& from)
{
    std::vector<model> all;
    const auto add = [&](auto&& call) {
        all.push_back(from);
        call(all.back());
        all.back().check();
    };
    add([](model& one) { one.acquire(); });
    add([](model& one) { one.next(); });
    add([](model& one) { one.take_back(MEMLANE_SLOT_FILLING); });
    add([](model& one) { one.take_back(MEMLANE_SLOT_HELD); });
    for (std::uint32_t i = 0; i < from.ring().nr; ++i) {
        add([i](model& one) { one.commit(i); });
        add([i](model& one) { one.give_up(i); });
        for (std::uint32_t count = 1; count <= most_slots - i; ++count) {
            add([i, count](model& one) { one.release(i, count); });
        }
    }
    return all;
}

/// Gaps can grow for ever; of states that differ only beyond this, one will do.
constexpr std::uint64_t longest_gap = 4;

bool is_near(const model& one)
{
    const memlane_slots& ring = one.ring();
    return ring.gap <= longest_gap &&
           std::all_of(ring.slot, ring.slot + ring.nr,
                       [](const memlane_slot& slot) { return slot.dropped <= longest_gap; });
}

class EverySlotState
    : public testing::TestWithParam<std::tuple<std::uint32_t, memlane_drop_policy>> {};

INSTANTIATE_TEST_SUITE_P(Slots, EverySlotState,
                         testing::Combine(testing::Values(2U, 3U, 4U),
                                          testing::Values(MEMLANE_DROP_NEWEST,
                                                          MEMLANE_DROP_OLDEST)));

TEST_P(EverySlotState, keeps_the_promises)
{
    const auto [count, policy] = GetParam();
    std::set<std::vector<std::uint64_t>> seen;
    std::vector<model> open = {model(count, policy)};
    while (!open.empty() && !HasFailure()) {
        const model from = open.back();
        open.pop_back();
        for (const model& next : successors(from)) {
            if (is_near(next) && seen.insert(next.shape()).second) {
                open.push_back(next);
            }
        }
    }
    EXPECT_GT(seen.size(), 10U);
    RecordProperty("states", std::to_string(seen.size()));
    std::printf("%zu states\n", seen.size());
}

TEST(Slots, that_do_not_exist_are_nobodys)
{
    std::array<memlane_slot, 2> slot;
    memlane_slots ring;
    ::memlane_slots_init(&ring, slot.data(), 2, MEMLANE_DROP_NEWEST);
    for (const std::uint32_t none : {2U, ~0U}) {
        std::uint32_t index = none;
        EXPECT_EQ(::memlane_slots_commit(&ring, &index, 1, 0, 0), -EINVAL);
        EXPECT_EQ(::memlane_slots_release(&ring, index, 1), -EINVAL);
        EXPECT_EQ(::memlane_slots_release(&ring, 1, index), -EINVAL);
        EXPECT_EQ(::memlane_slots_give_up(&ring, index), -EINVAL);
    }
    EXPECT_EQ(ring.committed, 0U);
}

} // namespace
