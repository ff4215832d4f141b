// SPDX-License-Identifier: GPL-2.0-only
/*
 * SAVE and LOAD: between the region and the caller's O_DIRECT file.
 *
 * A transfer is cut into I/Os of args->io_bytes (io.c). Up to args->depth of them
 * are in flight, each over a piece of the region's bio_vec table: no page is
 * looked up, pinned or copied, so the cost is per I/O.
 *
 *   submit ->  | I/O n | n+1 | n+2 | n+3 |  -> reap, in order
 *
 * The I/Os are reaped in the order of submission. That makes "done" a count
 * without a gap, and costs nothing while the device is the bottleneck.
 *
 * Lifetimes: the caller's task submits, waits and reaps; the region is held by
 * the open node and the target by a reference taken here. No I/O outlives the
 * call: a signal stops submission, never the wait.
 */
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/uaccess.h>

#include "io.h"
#include "region.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * struct memlane_run - a transfer on its way
 * @region: the memory
 * @target: where to
 * @next: offset in the region of the next I/O
 * @end: offset in the region where the transfer ends
 * @shift: what to add to an offset to get the file's, modulo 2^64
 * @io_bytes: bytes of one I/O
 * @depth: entries of @io
 * @join: I/Os are small enough for several to be one request
 * @done: bytes that arrived, from the start without a gap
 * @broken: an I/O fell short, so that nothing behind it counts
 * @err: 0 or why it ended early
 * @io: the I/Os, used in turn
 *
 * Owned by the calling task; completions touch their own memlane_io only.
 */
struct memlane_run {
	struct memlane_region *region;
	struct memlane_target target;
	u64 next;
	u64 end;
	u64 shift;
	u32 io_bytes;
	u32 depth;
	bool join;
	u64 done;
	bool broken;
	long err;
	struct memlane_io *io;
};

static void submit_next(struct memlane_run *run, struct memlane_io *io)
{
	io->offset = run->next;
	io->position = run->next + run->shift;
	io->left = min_t(u64, run->io_bytes, run->end - run->next);
	run->next += io->left;
	memlane_io_submit(io, &run->target, run->region);
}

static void reap(struct memlane_run *run, struct memlane_io *io)
{
	u64 done = 0;
	long err = memlane_io_wait(io, &run->target, run->region, &done);

	if (run->broken)
		return;
	run->done += done;
	if (err || io->left) {
		run->broken = true;
		run->err = err;
	}
}

/* As many I/Os as may be in flight. */
static void submit_all(struct memlane_run *run, u32 oldest, u32 *in_flight)
{
	while (run->next < run->end && !run->broken && !run->err &&
	       *in_flight < run->depth) {
		if (memlane_signal_pending()) {
			run->err = -EINTR;
			return;
		}
		submit_next(run, &run->io[(oldest + (*in_flight)++) % run->depth]);
	}
}

/* The same, handed to the disk together, which makes one request of neighbours. */
static void submit_joined(struct memlane_run *run, u32 oldest, u32 *in_flight)
{
	struct blk_plug plug;

	blk_start_plug(&plug);
	submit_all(run, oldest, in_flight);
	blk_finish_plug(&plug);
}

static void run_transfer(struct memlane_run *run)
{
	u32 oldest = 0, in_flight = 0;

	for (;;) {
		if (run->join)
			submit_joined(run, oldest, &in_flight);
		else
			submit_all(run, oldest, &in_flight);
		if (!in_flight)
			return;
		/* To be joined they have to be several. */
		do {
			reap(run, &run->io[oldest]);
			oldest = (oldest + 1) % run->depth;
			in_flight--;
		} while (run->join && in_flight &&
			 completion_done(&run->io[oldest].complete));
	}
}

/*
 * Whether two I/Os fit into one request. If they do not, looking for neighbours is
 * 4 % of a transfer in pieces of 1 MiB; if they do, a quarter of one of 4 KiB is saved.
 */
static bool may_join(const struct file *file, u32 io_bytes)
{
	struct block_device *disk = memlane_disk_of(file);

	return disk && io_bytes <= queue_max_sectors(bdev_get_queue(disk)) *
					   (u64)SECTOR_SIZE / 2;
}

/*
 * What the file demands of direct I/O; 0 if it cannot do it. A file system
 * that does not tell is asked for its device's block, and will complain itself
 * if it wants more.
 */
static int file_alignment(struct file *file, u32 *memory, u32 *offset)
{
	struct inode *host = file->f_mapping->host;
	struct block_device *disk = memlane_disk_of(file);
	struct kstat stat;
	int err;

	/* From 6.6 on tmpfs takes O_DIRECT, and copies nevertheless. */
	if (host->i_sb->s_magic == TMPFS_MAGIC)
		return -EINVAL;
	if (S_ISBLK(host->i_mode)) {
		*memory = bdev_dma_alignment(disk) + 1;
		*offset = bdev_logical_block_size(disk);
		return 0;
	}

	err = vfs_getattr(&file->f_path, &stat, STATX_DIOALIGN,
			  AT_STATX_SYNC_AS_STAT);
	if (err)
		return err;
	if (stat.result_mask & STATX_DIOALIGN) {
		*memory = stat.dio_mem_align;
		*offset = stat.dio_offset_align;
	} else {
		*offset = disk ? bdev_logical_block_size(disk) : SECTOR_SIZE;
		*memory = *offset;
	}
	return 0;
}

static int check_alignment(struct file *file,
			   const struct memlane_transfer *args)
{
	u32 memory, offset;
	int err = file_alignment(file, &memory, &offset);

	if (err)
		return err;
	if (!memory || !offset)
		return -EINVAL;
	if (!IS_ALIGNED(args->offset, memory) ||
	    !IS_ALIGNED(args->length | args->file_offset, offset))
		return -EINVAL;
	return 0;
}

static int check_file(const struct memlane_target *target)
{
	umode_t mode = file_inode(target->file)->i_mode;

	if (!S_ISREG(mode) && !S_ISBLK(mode))
		return -EINVAL;
	if (!(target->file->f_mode & (target->save ? FMODE_WRITE : FMODE_READ)))
		return -EINVAL;
	if (!(target->kiocb_flags & IOCB_DIRECT))
		return -EINVAL;
	/* It would put every I/O somewhere else than asked for. */
	if (target->save && target->kiocb_flags & IOCB_APPEND)
		return -EINVAL;
	return 0;
}

static int check_args(const struct memlane_region *region,
		      const struct memlane_transfer *args)
{
	if (args->flags || memchr_inv(args->reserved, 0, sizeof(args->reserved)))
		return -EINVAL;
	if (args->offset > region->size ||
	    args->length > region->size - args->offset)
		return -EINVAL;
	if (args->file_offset > (u64)LLONG_MAX - args->length)
		return -EINVAL;
	if (args->io_bytes > MEMLANE_IO_BYTES_MAX ||
	    !PAGE_ALIGNED(args->io_bytes))
		return -EINVAL;
	if (args->depth > MEMLANE_DEPTH_MAX)
		return -EINVAL;
	return 0;
}

static u32 depth_of(const struct memlane_transfer *args, u32 io_bytes)
{
	return min_t(u64, args->depth ?: MEMLANE_DEPTH_DEFAULT,
		     DIV_ROUND_UP_ULL(args->length, io_bytes));
}

static long transfer_file(struct memlane_region *region, struct file *file,
			  bool save, struct memlane_transfer *args)
{
	u32 io_bytes = args->io_bytes ?: MEMLANE_IO_BYTES_DEFAULT;
	u32 depth = depth_of(args, io_bytes);
	/* A frame is often one I/O, which then allocates nothing. */
	struct memlane_io single;
	struct memlane_run run = {
		.region = region,
		.target = {
			.file = file,
			.kiocb_flags = READ_ONCE(file->f_iocb_flags),
			.save = save,
		},
		.next = args->offset,
		.end = args->offset + args->length,
		.shift = args->file_offset - args->offset,
		.io_bytes = io_bytes,
		.depth = depth,
		.io = &single,
	};
	long err;

	err = check_file(&run.target);
	if (!err)
		err = check_alignment(file, args);
	if (err || !args->length)
		return err;

	if (depth > 1)
		run.io = kmalloc_array(depth, sizeof(*run.io), GFP_KERNEL);
	if (!run.io)
		return -ENOMEM;

	run.join = depth > 1 && may_join(file, io_bytes);
	memlane_target_begin(&run.target, args->file_offset, args->length, io_bytes);
	run_transfer(&run);
	memlane_target_end(&run.target, args->file_offset, args->length);
	args->done = run.done;
	if (depth > 1)
		kfree(run.io);
	return run.err;
}

static long transfer(struct memlane_region *region, fmode_t node_mode,
		     bool save, struct memlane_transfer *args)
{
	struct file *target;
	long err;

	err = check_args(region, args);
	if (err)
		return err;
	if (!(node_mode & (save ? FMODE_READ : FMODE_WRITE)))
		return -EBADF;

	target = fget(args->fd);
	if (!target)
		return -EBADF;
	err = transfer_file(region, target, save, args);
	fput(target);
	return err;
}

static void account(struct memlane_stats *stats, u64 done, long err)
{
	atomic64_inc(&stats->calls);
	atomic64_add(done, &stats->bytes);
	if (err)
		atomic64_inc(&stats->errors);
}

/**
 * memlane_ioctl_transfer() - SAVE and LOAD
 * @file: an open region
 * @cmd: which of the two
 * @arg: the caller's struct memlane_transfer
 *
 * Return: 0 or a negative errno, see include/uapi/linux/memlane.h; args->done
 *	is stored in either case.
 */
long memlane_ioctl_transfer(struct file *file, unsigned int cmd,
			    struct memlane_transfer __user *arg)
{
	struct memlane_region *region = memlane_region_of(file);
	bool save = cmd == MEMLANE_IOC_SAVE;
	struct memlane_transfer args;
	long err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	args.done = 0;

	trace_memlane_transfer_start(region, save, &args);
	err = transfer(region, file->f_mode, save, &args);
	trace_memlane_transfer_end(region, save, args.done, err);
	account(save ? &region->saved : &region->loaded, args.done, err);
	if (!save)
		memlane_screen_touch(region);

	if (put_user(args.done, &arg->done))
		return -EFAULT;
	return err;
}
