// SPDX-License-Identifier: GPL-2.0-or-later
#include "memlane/frame_producer.hpp"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memlane/error.hpp"
#include "memlane/frame_stamp.hpp"
#include "ring_end.hpp"

namespace {

using namespace guest;
using memlane::frame_producer;
using testing::HasSubstr;

/// Expects @p body to throw an error with this errno and these words.
template <typename Body>
void expect_error(int errnum, const std::string& words, Body body)
{
    try {
        body();
        ADD_FAILURE() << words;
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), errnum) << e.what();
        EXPECT_THAT(e.what(), HasSubstr(words));
    }
}

class Producer : public testing::Test {
protected:
    region ring_{ring_of()};
    ring_end consumer_{ring_, O_RDWR | O_NONBLOCK};
};

TEST_F(Producer, knows_the_ring_and_its_next_number)
{
    ring_end earlier(ring_);
    ASSERT_EQ(earlier.acquire(), 0);
    ASSERT_EQ(earlier.commit(), 0);
    earlier.close();

    frame_producer producer(ring_.name());
    EXPECT_EQ(producer.uri(), "memlane:" + ring_.name());
    EXPECT_EQ(producer.slots(), 4U);
    EXPECT_EQ(producer.slot_bytes(), page);
    EXPECT_EQ(producer.in_hand(), 1U);
    EXPECT_EQ(producer.bytes().size(), page);
    for (std::uint64_t sequence = 1; sequence < 10; ++sequence) { // some are dropped
        EXPECT_EQ(producer.next_sequence(), sequence);
        EXPECT_EQ(producer.commit(1), sequence);
    }
    EXPECT_EQ(producer.status().committed, 10U);
    EXPECT_EQ(producer.status().dropped, 7U);
    EXPECT_EQ(producer.status().filling, 1U);
}

TEST_F(Producer, hands_over_what_was_written_and_said)
{
    frame_producer producer(ring_.node());
    for (std::uint64_t i = 0; i < 3; ++i) {
        memlane::stamp_frame(producer.bytes().first(100), producer.next_sequence());
        producer.commit(100, memlane::frame_flag::stamped, std::chrono::nanoseconds(1000 + i));
    }
    const mapping memory(consumer_.fd(), 4 * page, PROT_READ);
    for (std::uint64_t i = 0; i < 3; ++i) {
        ASSERT_EQ(consumer_.next(), 0);
        EXPECT_EQ(consumer_.frame().flags, MEMLANE_FRAME_STAMPED);
        EXPECT_EQ(consumer_.frame().timestamp, 1000 + i);
        const auto frame =
            std::as_bytes(memory.bytes()).subspan(consumer_.frame().slot * page, 100);
        EXPECT_EQ(memlane::check_stamp(frame, i), memlane::stamp_verdict::good);
    }
}

TEST_F(Producer, with_several_slots_fills_them_at_the_same_time)
{
    frame_producer producer(ring_.name(), 3);
    EXPECT_EQ(producer.in_hand(), 3U);
    const std::uint32_t second = producer.slot(1);
    const std::uint32_t third = producer.slot(2);
    EXPECT_NE(producer.bytes(0).data(), producer.bytes(1).data());
    producer.bytes(1)[0] = std::byte{7};
    producer.commit(1);
    EXPECT_EQ(producer.slot(), second);
    EXPECT_EQ(producer.slot(1), third);
    EXPECT_EQ(producer.bytes()[0], std::byte{7});
    EXPECT_EQ(producer.in_hand(), 3U);
}

TEST_F(Producer, can_be_moved_and_leaves_with_its_object)
{
    {
        frame_producer first(ring_.name());
        frame_producer second(std::move(first));
        EXPECT_EQ(second.commit(1), 0U);
        expect_error(EBUSY, "another producer has it", [&] { frame_producer other(ring_.name()); });
    }
    EXPECT_EQ(frame_producer(ring_.name()).next_sequence(), 1U);
}

TEST_F(Producer, says_what_is_wrong_with_a_frame_and_commits_nothing)
{
    frame_producer producer(ring_.name());
    expect_error(EINVAL, "4097 bytes do not fit a slot of 4096", [&] { producer.commit(4097); });
    expect_error(EINVAL, "commit frame to memlane:" + ring_.name(),
                 [&] { producer.commit(1, 1U << 31U); });
    EXPECT_EQ(producer.status().committed, 0U);
    EXPECT_EQ(producer.commit(4096), 0U);
}

TEST_F(Producer, says_how_many_slots_there_are_for_it)
{
    expect_error(ENOBUFS, "all slots but one", [&] { frame_producer all(ring_.name(), 4); });
    {
        frame_producer producer(ring_.name());
        producer.commit(1);
        producer.commit(1);
    }
    expect_error(EAGAIN, "no more slots are free just now",
                 [&] { frame_producer three(ring_.name(), 3); });
    EXPECT_EQ(frame_producer(ring_.name(), 2).in_hand(), 2U) << "what failed has let go";
}

TEST(ProducerOf, a_region_without_slots_says_how_to_get_them)
{
    const region plain;
    expect_error(EOPNOTSUPP, "create it with --slot-size",
                 [&] { frame_producer none(plain.name()); });
    expect_error(ENOENT, "none-such", [] { frame_producer none("none-such"); });
}

} // namespace
