/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slots of a frame ring: which are whose, and in which order.
 *
 *            acquire                commit
 *   FREE ------------> FILLING ----------------> WAITING
 *    ^ ^                 |  ^                     |    |
 *    | |     give up     |  |   drop the oldest:  |    | next
 *    | '-----------------'  '---------------------'    v
 *    |                                                HELD
 *    '-------------------------------------------------'
 *                         release
 *
 * A commit hands one slot over and gets one back, so a producer never waits
 * and always has as many as it acquired. If no slot is free, a frame is lost:
 * the one that is being committed, whose slot the producer keeps, or the one
 * that has been waiting longest, whose slot it gets. What is HELD is never
 * touched.
 *
 * At all times committed = delivered + dropped + waiting.
 *
 * Pure bookkeeping with neither locks nor memory of its own, so that a test in
 * user space can walk through all there is.
 */
#ifndef MEMLANE_SLOTS_H
#define MEMLANE_SLOTS_H

#include <linux/errno.h>
#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

enum memlane_slot_state {
	MEMLANE_SLOT_FREE,
	MEMLANE_SLOT_FILLING,	/* the producer's */
	MEMLANE_SLOT_WAITING,	/* a frame, nobody's */
	MEMLANE_SLOT_HELD,	/* the consumer's */
};

enum memlane_drop_policy {
	MEMLANE_DROP_NEWEST,
	MEMLANE_DROP_OLDEST,
	MEMLANE_DROP_POLICIES,
};

/**
 * struct memlane_slot - a slot and the frame in it
 * @state: an enum memlane_slot_state
 * @next: of a FREE or WAITING slot, the one behind it
 * @length: bytes of the frame
 * @flags: as the producer gave them
 * @dropped: frames that were dropped between the one before and this
 * @sequence: how many were committed before
 * @timestamp: ns of CLOCK_MONOTONIC
 */
struct memlane_slot {
	__u32 state;
	__u32 next;
	__u32 length;
	__u32 flags;
	__u64 dropped;
	__u64 sequence;
	__u64 timestamp;
};

/* Slots in a row, first come first served. */
struct memlane_slot_queue {
	__u32 head;
	__u32 tail;
	__u32 nr;
};

/**
 * struct memlane_slots - all slots of a ring
 * @slot: @nr of them
 * @nr: at least 2
 * @policy: which frame is lost when no slot is free
 * @free: slots that are FREE, in the order in which they became so
 * @waiting: frames in order of sequence
 * @committed: frames so far; the next one's sequence
 * @delivered: frames handed to the consumer
 * @dropped: frames lost
 * @gap: of those, the ones since the frame that was queued last
 * @filling: slots in the producer's hands
 * @held: slots in the consumer's hands
 */
struct memlane_slots {
	struct memlane_slot *slot;
	__u32 nr;
	__u32 policy;
	struct memlane_slot_queue free;
	struct memlane_slot_queue waiting;
	__u64 committed;
	__u64 delivered;
	__u64 dropped;
	__u64 gap;
	__u32 filling;
	__u32 held;
};

void memlane_slots_init(struct memlane_slots *slots, struct memlane_slot *slot,
			__u32 nr, __u32 policy);
int memlane_slots_acquire(struct memlane_slots *slots, __u32 *index);
int memlane_slots_commit(struct memlane_slots *slots, __u32 *index,
			 __u32 length, __u32 flags, __u64 timestamp);
int memlane_slots_give_up(struct memlane_slots *slots, __u32 index);
int memlane_slots_next(struct memlane_slots *slots, __u32 *index);
int memlane_slots_release(struct memlane_slots *slots, __u32 first,
			  __u32 count);
__u32 memlane_slots_take_back(struct memlane_slots *slots, __u32 state,
			      __u32 first, __u32 count);

#endif /* MEMLANE_SLOTS_H */
