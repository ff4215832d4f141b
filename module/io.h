/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One I/O between a region and the target of a transfer.
 */
#ifndef MEMLANE_IO_H
#define MEMLANE_IO_H

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

struct block_device;
struct memlane_region;

/**
 * struct memlane_target - where a transfer goes to, or comes from
 * @file: the caller's file, referenced
 * @kiocb_flags: its IOCB_* flags when the transfer began. Whoever shares the
 *	file may change them meanwhile (F_SETFL); without IOCB_DIRECT, the rest
 *	would be copied.
 * @disk: if I/Os may go to the disk without the file, see
 *	memlane_target_begin(), that disk
 * @save: region to file, else file to region
 * @admitted: the file has taken an I/O: the caller may do that
 *
 * Owned by the calling task.
 */
struct memlane_target {
	struct file *file;
	int kiocb_flags;
	struct block_device *disk;
	bool save;
	bool admitted;
};

/**
 * struct memlane_io - one I/O
 * @kiocb: what the file works on
 * @bio: or what the disk works on
 * @offset: next byte in the region
 * @position: next byte in the file
 * @left: bytes that still have to arrive
 * @ret: result of the last submission, valid once @complete is
 * @complete: the last submission is complete
 */
struct memlane_io {
	union {
		struct kiocb kiocb;
		struct bio bio;
	};
	u64 offset;
	u64 position;
	size_t left;
	long ret;
	struct completion complete;
};

struct block_device *memlane_disk_of(const struct file *file);

bool memlane_signal_waits(void);

/* As memlane_signal_waits(), in two instructions where none does. */
static inline bool memlane_signal_pending(void)
{
	return task_sigpending(current) && memlane_signal_waits();
}

void memlane_target_begin(struct memlane_target *target, u64 position, u64 length,
			  u32 io_bytes);
void memlane_target_end(const struct memlane_target *target, u64 position, u64 length);

void memlane_io_submit(struct memlane_io *io, struct memlane_target *target,
		       const struct memlane_region *region);
long memlane_io_wait(struct memlane_io *io, struct memlane_target *target,
		     const struct memlane_region *region, u64 *done);

#endif /* MEMLANE_IO_H */
