// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has which slot of a frame ring, see slots.h.
 */
#include "slots.h"

static void push(struct memlane_slots *slots, struct memlane_slot_queue *queue,
		 __u32 index)
{
	if (queue->nr)
		slots->slot[queue->tail].next = index;
	else
		queue->head = index;
	queue->tail = index;
	queue->nr++;
}

/* The queue must not be empty. */
static __u32 pop(struct memlane_slots *slots, struct memlane_slot_queue *queue)
{
	__u32 index = queue->head;

	queue->head = slots->slot[index].next;
	queue->nr--;
	return index;
}

static bool is_in(const struct memlane_slots *slots, __u32 index, __u32 state)
{
	return index < slots->nr && slots->slot[index].state == state;
}

static void set_free(struct memlane_slots *slots, __u32 index)
{
	slots->slot[index].state = MEMLANE_SLOT_FREE;
	push(slots, &slots->free, index);
}

static void set_filling(struct memlane_slots *slots, __u32 index)
{
	slots->slot[index].state = MEMLANE_SLOT_FILLING;
	slots->filling++;
}

/**
 * memlane_slots_init() - begin with all slots free
 * @slots: the ring
 * @slot: @nr slots, which the caller keeps owning
 * @nr: at least 2
 * @policy: an enum memlane_drop_policy
 */
void memlane_slots_init(struct memlane_slots *slots, struct memlane_slot *slot,
			__u32 nr, __u32 policy)
{
	__u32 i;

	*slots = (struct memlane_slots){
		.slot = slot,
		.nr = nr,
		.policy = policy,
	};
	for (i = 0; i < nr; i++) {
		slot[i] = (struct memlane_slot){ .dropped = 0 };
		set_free(slots, i);
	}
}

/**
 * memlane_slots_acquire() - one more slot for the producer
 * @slots: the ring
 * @index: takes the slot
 *
 * One slot at least stays for the consumer.
 *
 * Return: 0; -ENOBUFS when the producer has all but one; -EAGAIN when none is
 *	free just now.
 */
int memlane_slots_acquire(struct memlane_slots *slots, __u32 *index)
{
	if (slots->filling == slots->nr - 1)
		return -ENOBUFS;
	if (!slots->free.nr)
		return -EAGAIN;
	*index = pop(slots, &slots->free);
	set_filling(slots, *index);
	return 0;
}

/* The oldest frame goes; the gap it leaves is in front of its successor. */
static __u32 drop_oldest(struct memlane_slots *slots)
{
	__u32 index = pop(slots, &slots->waiting);
	__u64 lost = slots->slot[index].dropped + 1;

	slots->dropped++;
	if (slots->waiting.nr)
		slots->slot[slots->waiting.head].dropped += lost;
	else
		slots->gap += lost;
	return index;
}

static void queue_frame(struct memlane_slots *slots, __u32 index)
{
	struct memlane_slot *slot = &slots->slot[index];

	slot->state = MEMLANE_SLOT_WAITING;
	slot->dropped = slots->gap;
	slots->gap = 0;
	slots->filling--;
	push(slots, &slots->waiting, index);
}

/**
 * memlane_slots_commit() - a frame is complete
 * @slots: the ring
 * @index: in: its slot; out: the slot to fill next
 * @length: of the frame, checked by the caller
 * @flags: of the frame
 * @timestamp: of the frame
 *
 * Return: 1 if the frame waits and none did before, so that a consumer has to
 *	be woken; 0 if not; -EINVAL if the slot is not the producer's.
 */
int memlane_slots_commit(struct memlane_slots *slots, __u32 *index,
			 __u32 length, __u32 flags, __u64 timestamp)
{
	bool was_empty = !slots->waiting.nr;
	struct memlane_slot *slot;
	__u64 sequence;
	__u32 next;

	if (!is_in(slots, *index, MEMLANE_SLOT_FILLING))
		return -EINVAL;
	sequence = slots->committed++;

	if (slots->free.nr) {
		next = pop(slots, &slots->free);
	} else if (slots->policy == MEMLANE_DROP_OLDEST && slots->waiting.nr) {
		next = drop_oldest(slots);
	} else {
		slots->dropped++;
		slots->gap++;
		return 0;
	}

	slot = &slots->slot[*index];
	slot->length = length;
	slot->flags = flags;
	slot->sequence = sequence;
	slot->timestamp = timestamp;
	queue_frame(slots, *index);
	set_filling(slots, next);
	*index = next;
	return was_empty;
}

/**
 * memlane_slots_give_up() - the producer wants a slot no more
 * @slots: the ring
 * @index: the slot
 *
 * Return: 0, or -EINVAL if it is not the producer's.
 */
int memlane_slots_give_up(struct memlane_slots *slots, __u32 index)
{
	if (!is_in(slots, index, MEMLANE_SLOT_FILLING))
		return -EINVAL;
	slots->filling--;
	set_free(slots, index);
	return 0;
}

/**
 * memlane_slots_next() - hand the frame that waits longest to the consumer
 * @slots: the ring
 * @index: takes its slot
 *
 * Return: 0, or -EAGAIN when none waits.
 */
int memlane_slots_next(struct memlane_slots *slots, __u32 *index)
{
	if (!slots->waiting.nr)
		return -EAGAIN;
	*index = pop(slots, &slots->waiting);
	slots->slot[*index].state = MEMLANE_SLOT_HELD;
	slots->held++;
	slots->delivered++;
	return 0;
}

/**
 * memlane_slots_release() - the consumer is done with frames
 * @slots: the ring
 * @first: the first of their slots, which are neighbours
 * @count: how many
 *
 * Return: 0, or -EINVAL with none of them released if one is not the
 *	consumer's.
 */
int memlane_slots_release(struct memlane_slots *slots, __u32 first, __u32 count)
{
	__u32 i;

	if (first > slots->nr || count > slots->nr - first)
		return -EINVAL;
	for (i = first; i < first + count; i++) {
		if (!is_in(slots, i, MEMLANE_SLOT_HELD))
			return -EINVAL;
	}
	for (i = first; i < first + count; i++) {
		slots->held--;
		set_free(slots, i);
	}
	return 0;
}

/**
 * memlane_slots_take_back() - free slots of somebody who is leaving
 * @slots: the ring
 * @state: MEMLANE_SLOT_FILLING for the producer, MEMLANE_SLOT_HELD for the
 *	consumer
 * @first: the slot to begin with: 0, then what the last call returned
 * @count: how many slots to look at, at most
 *
 * In between others may call what they like, but whoever is leaving nothing.
 *
 * Return: the slot to go on with, or the number of slots when none of those is
 *	left.
 */
__u32 memlane_slots_take_back(struct memlane_slots *slots, __u32 state,
			      __u32 first, __u32 count)
{
	__u32 *left = state == MEMLANE_SLOT_FILLING ? &slots->filling :
						      &slots->held;
	__u32 i;

	for (i = first; *left && count; i++, count--) {
		if (slots->slot[i].state == state) {
			set_free(slots, i);
			(*left)--;
		}
	}
	return *left ? i : slots->nr;
}
