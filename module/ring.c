// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame ring's life, and what a producer and a consumer do with it. Programs
 * come by ring_ioctl.c, drivers as they are.
 *
 * A consumer that sleeps is woken by the commit that makes a first frame wait,
 * and by no other. That loses nothing: who is awake looks again before he
 * sleeps, and as long as a frame waits nobody sleeps. Only who waits to become
 * the consumer does: he is woken when the one before him leaves.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "region.h"
#include "ring.h"

/* Slots that are looked at with interrupts off: some microseconds. */
#define TAKEN_BACK_AT_A_TIME	64U

/**
 * memlane_check_slots() - whether a region can be cut as it shall be
 * @spec: what the region shall be, its size known
 *
 * Return: 0 or -EINVAL.
 */
int memlane_check_slots(struct memlane_spec *spec)
{
	u64 nr;

	if (!spec->slot_size)
		return 0;
	if (spec->geometry.width)
		return memlane_fail(spec, -EINVAL,
				    "a framebuffer's frames are its pages: no slots");
	nr = div64_u64(spec->size, spec->slot_size);
	if (nr < 2 || nr > MEMLANE_SLOTS_MAX)
		return memlane_fail(spec, -EINVAL,
				    "%llu slots of %u bytes; there must be 2 to %u",
				    nr, spec->slot_size, MEMLANE_SLOTS_MAX);
	return 0;
}

/**
 * memlane_ring_create() - cut a region into slots
 * @region: the region; its ring stays NULL if @spec has no slot size
 * @spec: checked by memlane_check_slots()
 *
 * Return: 0 or -ENOMEM.
 */
int memlane_ring_create(struct memlane_region *region,
			struct memlane_spec *spec)
{
	struct memlane_slot *slot;
	struct memlane_ring *ring;
	u32 nr;

	if (!spec->slot_size)
		return 0;
	nr = div_u64(spec->size, spec->slot_size);
	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	slot = kvmalloc_array(nr, sizeof(*slot), GFP_KERNEL);
	if (!ring || !slot) {
		kvfree(slot);
		kfree(ring);
		return memlane_fail(spec, -ENOMEM, "no memory for %u slots", nr);
	}
	spin_lock_init(&ring->lock);
	init_waitqueue_head(&ring->waiters);
	ring->slot_size = spec->slot_size;
	ring->policy = spec->policy;
	memlane_slots_init(&ring->slots, slot, nr, spec->policy);
	region->ring = ring;
	return 0;
}

/**
 * memlane_ring_free() - free what memlane_ring_create() made
 * @region: the region, which nobody sees any more
 */
void memlane_ring_free(struct memlane_region *region)
{
	if (!region->ring)
		return;
	kvfree(region->ring->slots.slot);
	kfree(region->ring);
	region->ring = NULL;
}

static void wake(struct memlane_ring *ring, __poll_t events)
{
	wake_up_interruptible_poll(&ring->waiters, events);
	kill_fasync(&ring->fasync, SIGIO, events & EPOLLHUP ? POLL_HUP : POLL_IN);
}

/*
 * Free the slots of a producer or a consumer who is leaving, and keeps the role
 * until all are free. There may be a million, and a device's interrupt may want
 * the lock: so a few at a time.
 */
static void take_back(struct memlane_ring *ring, u32 state)
{
	u32 next = 0;

	do {
		spin_lock_irq(&ring->lock);
		next = memlane_slots_take_back(&ring->slots, state, next,
					       TAKEN_BACK_AT_A_TIME);
		spin_unlock_irq(&ring->lock);
		cond_resched();
	} while (next < ring->slots.nr);
}

/**
 * memlane_ring_leave() - a file is closed: its slots and roles are free
 * @ring: the ring
 * @file: the file
 */
void memlane_ring_leave(struct memlane_ring *ring, struct memlane_file *file)
{
	bool is_heir_wanted = false;

	/* The file is nobody else's: its roles are what they are. */
	if (READ_ONCE(ring->producer) == file)
		take_back(ring, MEMLANE_SLOT_FILLING);
	if (READ_ONCE(ring->consumer) == file)
		take_back(ring, MEMLANE_SLOT_HELD);

	spin_lock_irq(&ring->lock);
	if (ring->producer == file)
		ring->producer = NULL;
	if (ring->consumer == file) {
		ring->slots.policy = ring->policy;
		ring->consumer = NULL;
		is_heir_wanted = ring->slots.waiting.nr;
	}
	spin_unlock_irq(&ring->lock);

	/* Of frames that wait already no commit will tell who takes over. */
	if (is_heir_wanted)
		wake(ring, EPOLLIN | EPOLLRDNORM);
}

/**
 * memlane_ring_end() - the producer is gone and none will follow
 * @ring: the ring
 *
 * What waits can still be taken. Whoever waits for more is told.
 *
 * Context: may sleep.
 */
void memlane_ring_end(struct memlane_ring *ring)
{
	take_back(ring, MEMLANE_SLOT_FILLING);
	spin_lock_irq(&ring->lock);
	ring->producer = NULL;
	ring->ended = true;
	spin_unlock_irq(&ring->lock);
	wake(ring, EPOLLIN | EPOLLRDNORM | EPOLLHUP);
}

/* Called with the lock held. */
static int take_role(struct memlane_file **role, struct memlane_file *file)
{
	if (*role && *role != file)
		return -EBUSY;
	*role = file;
	return 0;
}

/**
 * memlane_ring_acquire() - one more slot for the producer
 * @ring: the ring
 * @who: who fills it; becomes the producer if there is none
 * @slot: takes the slot
 *
 * Return: 0; -EBUSY, -ENOBUFS, -EAGAIN as ACQUIRE; -ENODEV once it ended.
 */
int memlane_ring_acquire(struct memlane_ring *ring, struct memlane_file *who,
			 u32 *slot)
{
	int err = -ENODEV;

	spin_lock_irq(&ring->lock);
	if (!ring->ended)
		err = take_role(&ring->producer, who);
	if (!err)
		err = memlane_slots_acquire(&ring->slots, slot);
	spin_unlock_irq(&ring->lock);
	return err;
}

/**
 * memlane_ring_commit() - a frame is complete
 * @ring: the ring
 * @who: the producer
 * @frame: in: slot, length, flags, timestamp; out: the slot to fill next, and
 *	the frame's sequence number
 *
 * Context: any.
 * Return: 0, or -EINVAL if the slot is not his, or shorter than the frame.
 */
int memlane_ring_commit(struct memlane_ring *ring, struct memlane_file *who,
			struct memlane_frame *frame)
{
	unsigned long flags;
	int ret = -EINVAL;

	if (frame->length > ring->slot_size)
		return -EINVAL;

	spin_lock_irqsave(&ring->lock, flags);
	frame->sequence = ring->slots.committed;
	if (ring->producer == who)
		ret = memlane_slots_commit(&ring->slots, &frame->slot,
					   frame->length, frame->flags,
					   frame->timestamp);
	spin_unlock_irqrestore(&ring->lock, flags);

	if (ret > 0)
		wake(ring, EPOLLIN | EPOLLRDNORM);
	return min(ret, 0);
}

/* Called with the lock held. */
static int take_frame(struct memlane_ring *ring, struct memlane_frame *frame)
{
	const struct memlane_slot *slot;
	u32 index;
	int err;

	err = memlane_slots_next(&ring->slots, &index);
	if (err)
		return ring->ended ? -ENODEV : err;
	slot = &ring->slots.slot[index];
	*frame = (struct memlane_frame){
		.flags = slot->flags,
		.slot = index,
		.length = slot->length,
		.dropped = min_t(u64, slot->dropped, U32_MAX),
		.sequence = slot->sequence,
		.timestamp = slot->timestamp,
	};
	return 0;
}

/**
 * memlane_ring_take() - frames for the consumer, those that wait longest
 * @ring: the ring
 * @who: who wants them; becomes the consumer if there is none
 * @frame: takes up to @room of them
 * @room: at least 1
 *
 * Return: how many, at least 1; -EBUSY, -EAGAIN, -ENODEV as NEXT.
 */
int memlane_ring_take(struct memlane_ring *ring, struct memlane_file *who,
		      struct memlane_frame *frame, unsigned int room)
{
	int nr = 0;
	int err;

	spin_lock_irq(&ring->lock);
	err = take_role(&ring->consumer, who);
	while (!err && nr < (int)room) {
		err = take_frame(ring, &frame[nr]);
		if (!err)
			nr++;
	}
	spin_unlock_irq(&ring->lock);
	return nr ? nr : err;
}

static bool has_news(struct memlane_ring *ring)
{
	return READ_ONCE(ring->slots.waiting.nr) || READ_ONCE(ring->ended);
}

/**
 * memlane_ring_wait() - as memlane_ring_take(), but sleeps until there is one
 * @ring: the ring
 * @who: who wants them
 * @frame: takes up to @room of them
 * @room: at least 1
 *
 * Return: as memlane_ring_take(), but never -EAGAIN; -ERESTARTSYS for a signal.
 */
int memlane_ring_wait(struct memlane_ring *ring, struct memlane_file *who,
		      struct memlane_frame *frame, unsigned int room)
{
	for (;;) {
		int ret = memlane_ring_take(ring, who, frame, room);

		if (ret != -EAGAIN)
			return ret;
		ret = wait_event_interruptible(ring->waiters, has_news(ring));
		if (ret)
			return ret;
	}
}

/**
 * memlane_ring_release() - the consumer is done with neighbouring slots
 * @ring: the ring
 * @who: the consumer
 * @first: the first slot
 * @count: how many
 *
 * Return: 0, or -EINVAL with none of them released if one is not his.
 */
int memlane_ring_release(struct memlane_ring *ring, struct memlane_file *who,
			 u32 first, u32 count)
{
	int err = -EINVAL;

	spin_lock_irq(&ring->lock);
	if (ring->consumer == who)
		err = memlane_slots_release(&ring->slots, first, count);
	spin_unlock_irq(&ring->lock);
	return err;
}

/**
 * memlane_ring_set_policy() - what is dropped as long as somebody consumes
 * @ring: the ring
 * @who: who wants it so; becomes the consumer if there is none
 * @policy: which frame is lost
 *
 * Return: 0 or -EBUSY.
 */
int memlane_ring_set_policy(struct memlane_ring *ring, struct memlane_file *who,
			    enum memlane_drop_policy policy)
{
	int err;

	spin_lock_irq(&ring->lock);
	err = take_role(&ring->consumer, who);
	if (!err)
		ring->slots.policy = policy;
	spin_unlock_irq(&ring->lock);
	return err;
}

/**
 * memlane_ring_get_status() - what the ring has done, as of one moment
 * @ring: the ring
 * @status: takes it
 */
void memlane_ring_get_status(struct memlane_ring *ring,
			     struct memlane_ring_status *status)
{
	const struct memlane_slots *slots = &ring->slots;

	spin_lock_irq(&ring->lock);
	*status = (struct memlane_ring_status){
		.policy = slots->policy,
		.slots = slots->nr,
		.slot_size = ring->slot_size,
		.committed = slots->committed,
		.delivered = slots->delivered,
		.dropped = slots->dropped,
		.waiting = slots->waiting.nr,
		.filling = slots->filling,
		.held = slots->held,
	};
	spin_unlock_irq(&ring->lock);
}

/**
 * memlane_poll() - the node's poll
 * @file: an open region
 * @wait: who polls
 *
 * Return: readable when a frame waits that this file may take, hung up when the
 *	ring has ended; without a ring, what files are that never block.
 */
__poll_t memlane_poll(struct file *file, struct poll_table_struct *wait)
{
	struct memlane_ring *ring = memlane_region_of(file)->ring;
	struct memlane_file *consumer;
	__poll_t events = 0;

	if (!ring)
		return DEFAULT_POLLMASK;
	poll_wait(file, &ring->waiters, wait);
	/* Who does not know of POLLHUP finds out by NEXT. */
	if (READ_ONCE(ring->ended))
		events |= EPOLLHUP | EPOLLIN | EPOLLRDNORM;
	consumer = READ_ONCE(ring->consumer);
	if (has_news(ring) && (!consumer || consumer == file->private_data))
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}

/**
 * memlane_fasync() - the node's O_ASYNC
 * @fd: the descriptor, or -1 when it is closed
 * @file: an open region
 * @on: whether signals are wanted
 *
 * Return: 0 or more, or a negative errno; -EOPNOTSUPP without a ring.
 */
int memlane_fasync(int fd, struct file *file, int on)
{
	struct memlane_ring *ring = memlane_region_of(file)->ring;

	if (!ring)
		return -EOPNOTSUPP;
	return fasync_helper(fd, file, on, &ring->fasync);
}
