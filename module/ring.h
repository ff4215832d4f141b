/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region's frame ring: slots.h with a lock, somebody to wake, and roles.
 */
#ifndef MEMLANE_RING_H
#define MEMLANE_RING_H

#include <linux/fs.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "slots.h"

struct memlane_file;
struct memlane_frame;
struct memlane_region;
struct memlane_ring_status;
struct memlane_spec;
struct poll_table_struct;

/* Keeps the table of slots below 64 MiB. */
#define MEMLANE_SLOTS_MAX	1048576U

/**
 * struct memlane_ring - a region's frame ring
 * @lock: guards @slots, @producer, @consumer and @ended; taken with interrupts
 *	off, since frames are committed from interrupts. Nothing is taken inside
 *	it.
 * @slots: who has which slot
 * @producer: the open file that fills slots, if there is one
 * @consumer: the open file that gets frames, if there is one
 * @ended: there will be no frames beyond those that wait
 * @policy: what is dropped unless the consumer wants it otherwise; constant
 * @slot_size: bytes; constant
 * @waiters: who waits for a frame
 * @fasync: who wants a signal for it
 */
struct memlane_ring {
	spinlock_t lock; /* slots, producer, consumer, ended */
	struct memlane_slots slots;
	struct memlane_file *producer;
	struct memlane_file *consumer;
	bool ended;
	enum memlane_drop_policy policy;
	u32 slot_size;
	wait_queue_head_t waiters;
	struct fasync_struct *fasync;
};

int memlane_check_slots(struct memlane_spec *spec);
int memlane_ring_create(struct memlane_region *region,
			struct memlane_spec *spec);
void memlane_ring_free(struct memlane_region *region);
void memlane_ring_leave(struct memlane_ring *ring, struct memlane_file *file);
void memlane_ring_end(struct memlane_ring *ring);

/* For the producer. */
int memlane_ring_acquire(struct memlane_ring *ring, struct memlane_file *who,
			 u32 *slot);
int memlane_ring_commit(struct memlane_ring *ring, struct memlane_file *who,
			struct memlane_frame *frame);

/* For the consumer. */
int memlane_ring_take(struct memlane_ring *ring, struct memlane_file *who,
		      struct memlane_frame *frame, unsigned int room);
int memlane_ring_wait(struct memlane_ring *ring, struct memlane_file *who,
		      struct memlane_frame *frame, unsigned int room);
int memlane_ring_release(struct memlane_ring *ring, struct memlane_file *who,
			 u32 first, u32 count);
int memlane_ring_set_policy(struct memlane_ring *ring, struct memlane_file *who,
			    enum memlane_drop_policy policy);

/* For everybody. */
void memlane_ring_get_status(struct memlane_ring *ring,
			     struct memlane_ring_status *status);

/* ring_ioctl.c */
long memlane_ioctl_ring(struct file *file, unsigned int cmd, void __user *arg);

/* The node's. */
__poll_t memlane_poll(struct file *file, struct poll_table_struct *wait);
int memlane_fasync(int fd, struct file *file, int on);

/* ring_sysfs.c */
extern const struct attribute_group memlane_ring_group;

#endif /* MEMLANE_RING_H */
