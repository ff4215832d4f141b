// SPDX-License-Identifier: GPL-2.0-or-later
#include "ledger.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace {

using memlane::detail::ledger;
using memlane::detail::piece;

void finish(ledger& book, piece* one)
{
    one->done = one->length;
    book.give_back(*one);
}

TEST(Ledger, cuts_a_job_into_pieces)
{
    ledger book(10, 4, 8);
    EXPECT_EQ(book.take()->length, 4);
    EXPECT_EQ(book.take()->start, 4);
    EXPECT_EQ(book.take()->length, 2);
    EXPECT_EQ(book.take(), nullptr);
    EXPECT_EQ(book.busy(), 3);
}

TEST(Ledger, has_no_more_pieces_in_flight_than_its_depth)
{
    ledger book(100, 4, 2);
    piece* const first = book.take();
    static_cast<void>(book.take());
    EXPECT_EQ(book.take(), nullptr);
    finish(book, first);
    EXPECT_EQ(book.take()->start, 8);
}

TEST(Ledger, counts_without_gaps_whatever_the_order)
{
    ledger book(12, 4, 3);
    piece* const first = book.take();
    piece* const second = book.take();
    piece* const third = book.take();
    finish(book, third);
    EXPECT_EQ(book.contiguous(), 0);
    second->done = 1;
    finish(book, first);
    EXPECT_EQ(book.contiguous(), 5);
    finish(book, second);
    EXPECT_EQ(book.contiguous(), 12);
}

TEST(Ledger, the_failure_nearest_to_the_start_counts)
{
    ledger book(12, 4, 3);
    piece* const first = book.take();
    piece* const second = book.take();
    piece* const third = book.take();
    book.fail_at(third->start, EIO);
    book.give_back(*third);
    second->done = 2;
    book.fail_at(second->position(), ENOSPC);
    book.give_back(*second);
    finish(book, first);
    EXPECT_EQ(book.contiguous(), 6);
    EXPECT_EQ(book.errnum(), ENOSPC);
    EXPECT_TRUE(book.failed());
    EXPECT_EQ(book.take(), nullptr);
}

TEST(Ledger, stopping_keeps_what_is_in_flight)
{
    ledger book(12, 4, 2);
    piece* const first = book.take();
    book.stop(EINTR);
    EXPECT_EQ(book.take(), nullptr);
    EXPECT_EQ(book.contiguous(), 0);
    finish(book, first);
    EXPECT_EQ(book.contiguous(), 4);
    EXPECT_EQ(book.errnum(), EINTR);
}

} // namespace
