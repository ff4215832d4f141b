// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frame ring's life, and what programs do with it: ACQUIRE and COMMIT for
 * the producer, NEXT and RELEASE for the consumer, poll and SIGIO.
 *
 * A consumer that sleeps is woken by the commit that makes a first frame wait,
 * and by no other. That loses nothing: who is awake looks again before he
 * sleeps, and as long as a frame waits nobody sleeps.
 */
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>

#include "region.h"
#include "ring.h"

static_assert((int)MEMLANE_DROP_NEWEST == MEMLANE_POLICY_DROP_NEWEST);
static_assert((int)MEMLANE_DROP_OLDEST == MEMLANE_POLICY_DROP_OLDEST);

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

/**
 * memlane_ring_leave() - a file is closed: its slots and roles are free
 * @ring: the ring
 * @file: the file
 */
void memlane_ring_leave(struct memlane_ring *ring, struct memlane_file *file)
{
	spin_lock_irq(&ring->lock);
	if (ring->producer == file) {
		memlane_slots_take_back(&ring->slots, MEMLANE_SLOT_FILLING);
		ring->producer = NULL;
	}
	if (ring->consumer == file) {
		memlane_slots_take_back(&ring->slots, MEMLANE_SLOT_HELD);
		ring->consumer = NULL;
	}
	spin_unlock_irq(&ring->lock);
}

/* Called with the lock held. */
static int take_role(struct memlane_file **role, struct memlane_file *file)
{
	if (*role && *role != file)
		return -EBUSY;
	*role = file;
	return 0;
}

static int ring_acquire(struct memlane_ring *ring, struct memlane_file *file,
			struct memlane_frame *frame)
{
	int err;

	spin_lock_irq(&ring->lock);
	err = take_role(&ring->producer, file);
	if (!err)
		err = memlane_slots_acquire(&ring->slots, &frame->slot);
	spin_unlock_irq(&ring->lock);
	return err;
}

static void wake(struct memlane_ring *ring)
{
	wake_up_interruptible_poll(&ring->waiters, EPOLLIN | EPOLLRDNORM);
	kill_fasync(&ring->fasync, SIGIO, POLL_IN);
}

static int ring_commit(struct memlane_ring *ring, struct memlane_file *file,
		       struct memlane_frame *frame)
{
	unsigned long flags;
	int ret = -EINVAL;

	if (frame->length > ring->slot_size)
		return -EINVAL;

	spin_lock_irqsave(&ring->lock, flags);
	frame->sequence = ring->slots.committed;
	if (ring->producer == file)
		ret = memlane_slots_commit(&ring->slots, &frame->slot,
					   frame->length, frame->flags,
					   frame->timestamp);
	spin_unlock_irqrestore(&ring->lock, flags);

	if (ret > 0)
		wake(ring);
	return min(ret, 0);
}

static int ring_take(struct memlane_ring *ring, struct memlane_file *file,
		     struct memlane_frame *frame)
{
	const struct memlane_slot *slot;
	int err;

	spin_lock_irq(&ring->lock);
	err = take_role(&ring->consumer, file);
	if (!err)
		err = memlane_slots_next(&ring->slots, &frame->slot);
	if (!err) {
		slot = &ring->slots.slot[frame->slot];
		frame->flags = slot->flags;
		frame->length = slot->length;
		frame->dropped = min_t(u64, slot->dropped, U32_MAX);
		frame->sequence = slot->sequence;
		frame->timestamp = slot->timestamp;
	}
	spin_unlock_irq(&ring->lock);
	return err;
}

static bool is_waiting(struct memlane_ring *ring)
{
	return READ_ONCE(ring->slots.waiting.nr);
}

static int ring_next(struct memlane_ring *ring, struct memlane_file *file,
		     struct memlane_frame *frame, bool may_wait)
{
	for (;;) {
		int err = ring_take(ring, file, frame);

		if (err != -EAGAIN || !may_wait)
			return err;
		err = wait_event_interruptible(ring->waiters, is_waiting(ring));
		if (err)
			return err;
	}
}

static int ring_release(struct memlane_ring *ring, struct memlane_file *file,
			const struct memlane_frame *frame)
{
	int err = -EINVAL;

	spin_lock_irq(&ring->lock);
	if (ring->consumer == file)
		err = memlane_slots_release(&ring->slots, frame->slot);
	spin_unlock_irq(&ring->lock);
	return err;
}

/* Whether all is 0 in that the call does not take. */
static bool is_clean(const struct memlane_frame *frame, unsigned int cmd)
{
	struct memlane_frame rest = *frame;

	if (cmd == MEMLANE_IOC_COMMIT || cmd == MEMLANE_IOC_RELEASE)
		rest.slot = 0;
	if (cmd == MEMLANE_IOC_COMMIT) {
		rest.flags &= ~MEMLANE_FRAME_FLAGS;
		rest.length = 0;
		rest.timestamp = 0;
	}
	return !memchr_inv(&rest, 0, sizeof(rest));
}

static int ring_call(struct file *file, unsigned int cmd,
		     struct memlane_ring *ring, struct memlane_frame *frame)
{
	fmode_t mode = cmd == MEMLANE_IOC_ACQUIRE || cmd == MEMLANE_IOC_COMMIT ?
		       FMODE_WRITE : FMODE_READ;

	if (!is_clean(frame, cmd))
		return -EINVAL;
	if (!(file->f_mode & mode))
		return -EBADF;

	switch (cmd) {
	case MEMLANE_IOC_ACQUIRE:
		return ring_acquire(ring, file->private_data, frame);
	case MEMLANE_IOC_COMMIT:
		if (!frame->timestamp)
			frame->timestamp = ktime_get_ns();
		return ring_commit(ring, file->private_data, frame);
	case MEMLANE_IOC_NEXT:
		return ring_next(ring, file->private_data, frame,
				 !(file->f_flags & O_NONBLOCK));
	default:
		return ring_release(ring, file->private_data, frame);
	}
}

static long ioctl_frame(struct file *file, unsigned int cmd,
			struct memlane_ring *ring,
			struct memlane_frame __user *arg)
{
	struct memlane_frame frame;
	int err;

	if (copy_from_user(&frame, arg, sizeof(frame)))
		return -EFAULT;
	/* A slot that nobody is told of would be lost: find out before. */
	if (cmd != MEMLANE_IOC_RELEASE &&
	    copy_to_user(arg, &frame, sizeof(frame)))
		return -EFAULT;
	err = ring_call(file, cmd, ring, &frame);
	if (err || cmd == MEMLANE_IOC_RELEASE)
		return err;
	return copy_to_user(arg, &frame, sizeof(frame)) ? -EFAULT : 0;
}

static void get_status(struct memlane_ring *ring,
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

static long ioctl_status(struct memlane_ring *ring,
			 struct memlane_ring_status __user *arg)
{
	struct memlane_ring_status status;

	if (copy_from_user(&status, arg, sizeof(status)))
		return -EFAULT;
	if (status.flags ||
	    memchr_inv(status.reserved, 0, sizeof(status.reserved)))
		return -EINVAL;
	get_status(ring, &status);
	return copy_to_user(arg, &status, sizeof(status)) ? -EFAULT : 0;
}

/**
 * memlane_ioctl_ring() - the ioctls of a frame ring
 * @file: an open region
 * @cmd: which
 * @arg: the caller's struct
 *
 * Return: 0 or a negative errno, see include/uapi/linux/memlane.h.
 */
long memlane_ioctl_ring(struct file *file, unsigned int cmd, void __user *arg)
{
	struct memlane_ring *ring = memlane_region_of(file)->ring;

	if (!ring)
		return -EOPNOTSUPP;
	if (cmd == MEMLANE_IOC_RING_STATUS)
		return ioctl_status(ring, arg);
	return ioctl_frame(file, cmd, ring, arg);
}

/**
 * memlane_poll() - the node's poll
 * @file: an open region
 * @wait: who polls
 *
 * Return: readable when a frame waits that this file may take; without a ring,
 *	what files are that never block.
 */
__poll_t memlane_poll(struct file *file, struct poll_table_struct *wait)
{
	struct memlane_ring *ring = memlane_region_of(file)->ring;
	struct memlane_file *consumer;

	if (!ring)
		return DEFAULT_POLLMASK;
	poll_wait(file, &ring->waiters, wait);
	consumer = READ_ONCE(ring->consumer);
	if (!is_waiting(ring) || (consumer && consumer != file->private_data))
		return 0;
	return EPOLLIN | EPOLLRDNORM;
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

static struct memlane_ring *to_ring(struct device *dev)
{
	return container_of(dev, struct memlane_region, dev)->ring;
}

static ssize_t slot_size_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ring(dev)->slot_size);
}
static DEVICE_ATTR_RO(slot_size);

static ssize_t slots_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ring(dev)->slots.nr);
}
static DEVICE_ATTR_RO(slots);

static ssize_t policy_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  memlane_policy_names[to_ring(dev)->slots.policy]);
}
static DEVICE_ATTR_RO(policy);

/* One line, so that the numbers are of one moment. */
static ssize_t ring_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct memlane_ring_status now;

	get_status(to_ring(dev), &now);
	return sysfs_emit(buf, "%llu %llu %llu %u %u %u\n", now.committed,
			  now.delivered, now.dropped, now.waiting, now.filling,
			  now.held);
}
static DEVICE_ATTR_RO(ring);

static struct attribute *memlane_ring_attrs[] = {
	&dev_attr_slot_size.attr,
	&dev_attr_slots.attr,
	&dev_attr_policy.attr,
	&dev_attr_ring.attr,
	NULL
};

static umode_t memlane_ring_visible(struct kobject *kobj,
				    struct attribute *attr, int n)
{
	return to_ring(kobj_to_dev(kobj)) ? attr->mode : 0;
}

const struct attribute_group memlane_ring_group = {
	.attrs = memlane_ring_attrs,
	.is_visible = memlane_ring_visible,
};
