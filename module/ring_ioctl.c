// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of a frame ring: ACQUIRE and COMMIT for the producer, NEXT and
 * RELEASE for the consumer, one by one or many at once, and what observers ask.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "region.h"
#include "ring.h"

/* Frames on their way to user space at a time: 768 bytes of stack. */
#define CHUNK	16U

static_assert((int)MEMLANE_DROP_NEWEST == MEMLANE_POLICY_DROP_NEWEST);
static_assert((int)MEMLANE_DROP_OLDEST == MEMLANE_POLICY_DROP_OLDEST);

static int take(struct file *file, struct memlane_ring *ring,
		struct memlane_frame *frame, unsigned int room)
{
	if (file->f_flags & O_NONBLOCK)
		return memlane_ring_take(ring, file->private_data, frame, room);
	return memlane_ring_wait(ring, file->private_data, frame, room);
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

static int call_frame(struct file *file, unsigned int cmd,
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
		return memlane_ring_acquire(ring, file->private_data,
					    &frame->slot);
	case MEMLANE_IOC_COMMIT:
		if (!frame->timestamp)
			frame->timestamp = ktime_get_ns();
		return memlane_ring_commit(ring, file->private_data, frame);
	case MEMLANE_IOC_NEXT:
		return min(take(file, ring, frame, 1), 0);
	default:
		return memlane_ring_release(ring, file->private_data,
					    frame->slot, 1);
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
	err = call_frame(file, cmd, ring, &frame);
	if (err || cmd == MEMLANE_IOC_RELEASE)
		return err;
	return copy_to_user(arg, &frame, sizeof(frame)) ? -EFAULT : 0;
}

/* What there is, up to @room: the first chunk may wait, the others do not. */
static long take_many(struct file *file, struct memlane_ring *ring,
		      struct memlane_frame __user *to, u32 room)
{
	struct memlane_frame chunk[CHUNK];
	long done = 0;
	int nr;

	nr = take(file, ring, chunk, min(room, CHUNK));
	while (nr > 0) {
		if (copy_to_user(&to[done], chunk, nr * sizeof(*chunk)))
			return -EFAULT;
		done += nr;
		/* A chunk that is not full was the last. */
		if (done == room || nr < (int)CHUNK)
			break;
		nr = memlane_ring_take(ring, file->private_data, chunk,
				       min_t(u32, room - done, CHUNK));
	}
	return done ? done : nr;
}

static long ioctl_next_many(struct file *file, struct memlane_ring *ring,
			    struct memlane_frames __user *arg)
{
	struct memlane_frame __user *to;
	struct memlane_frames args;
	long ret;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.flags || !args.count || args.count > MEMLANE_FRAMES_MAX ||
	    memchr_inv(args.reserved, 0, sizeof(args.reserved)))
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (args.frames > ULONG_MAX)
		return -EFAULT;

	/* As in ioctl_frame(). */
	to = u64_to_user_ptr(args.frames);
	if (put_user(args.count, &arg->count) ||
	    fault_in_writeable((char __user *)to, args.count * sizeof(*to)))
		return -EFAULT;
	ret = take_many(file, ring, to, args.count);
	if (ret < 0)
		return ret;
	return put_user((u32)ret, &arg->count) ? -EFAULT : 0;
}

static long ioctl_release_run(struct file *file, struct memlane_ring *ring,
			      const struct memlane_slot_run __user *arg)
{
	struct memlane_slot_run run;

	if (copy_from_user(&run, arg, sizeof(run)))
		return -EFAULT;
	if (run.flags || run.reserved || !run.count ||
	    run.count > MEMLANE_FRAMES_MAX)
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	return memlane_ring_release(ring, file->private_data, run.first,
				    run.count);
}

static long ioctl_policy(struct file *file, struct memlane_ring *ring,
			 const struct memlane_ring_policy __user *arg)
{
	struct memlane_ring_policy args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.flags || args.policy >= MEMLANE_DROP_POLICIES ||
	    memchr_inv(args.reserved, 0, sizeof(args.reserved)))
		return -EINVAL;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	return memlane_ring_set_policy(ring, file->private_data, args.policy);
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
	memlane_ring_get_status(ring, &status);
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
	switch (cmd) {
	case MEMLANE_IOC_RING_STATUS:
		return ioctl_status(ring, arg);
	case MEMLANE_IOC_NEXT_MANY:
		return ioctl_next_many(file, ring, arg);
	case MEMLANE_IOC_RELEASE_RUN:
		return ioctl_release_run(file, ring, arg);
	case MEMLANE_IOC_POLICY:
		return ioctl_policy(file, ring, arg);
	default:
		return ioctl_frame(file, cmd, ring, arg);
	}
}
