// SPDX-License-Identifier: GPL-2.0-only
/*
 * SAVE and LOAD: between the region and the caller's O_DIRECT file.
 *
 * A transfer is cut into I/Os of args->io_bytes. Up to args->depth of them are
 * in flight, each an asynchronous kiocb over a piece of the region's bio_vec
 * table: no page is looked up, pinned or copied, so the cost is per I/O.
 *
 *   submit ->  | I/O n | n+1 | n+2 | n+3 |  -> reap, in order
 *
 * The I/Os are reaped in the order of submission. That makes "done" a count
 * without a gap, and costs nothing while the device is the bottleneck.
 *
 * Lifetimes: the caller's task submits, waits and reaps; the region is held by
 * the open node and the target by a reference taken here. No kiocb outlives
 * the call: a signal stops submission, never the wait.
 */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat/kiocb.h"
#include "region.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * struct memlane_io - one I/O
 * @kiocb: what the file system works on
 * @offset: next byte in the region
 * @left: bytes that still have to arrive
 * @ret: result of the last submission, valid once @complete is
 * @complete: the last submission is complete
 */
struct memlane_io {
	struct kiocb kiocb;
	u64 offset;
	size_t left;
	long ret;
	struct completion complete;
};

/**
 * struct memlane_run - a transfer on its way
 * @region: the memory
 * @file: the target, referenced
 * @save: region to file, else file to region
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
	struct file *file;
	bool save;
	u64 next;
	u64 end;
	u64 shift;
	u32 io_bytes;
	u32 depth;
	bool join;
	u64 done;
	bool broken;
	long err;
	struct memlane_io io[];
};

static void io_complete(struct kiocb *kiocb, long ret)
{
	struct memlane_io *io = container_of(kiocb, struct memlane_io, kiocb);

	io->ret = ret;
	complete(&io->complete);
}

static void save_complete(struct kiocb *kiocb, long ret)
{
	memlane_end_write(kiocb);
	io_complete(kiocb, ret);
}

/* A piece of the region as the block layer likes it: whole runs of pages. */
static void region_iter(const struct memlane_region *region, struct iov_iter *iter,
			unsigned int direction, u64 offset, size_t bytes)
{
	const struct memlane_pages *pages = &region->pages;
	unsigned int i = memlane_pages_find(pages, offset >> PAGE_SHIFT);
	u64 start = (u64)pages->first[i] << PAGE_SHIFT;

	iov_iter_bvec(iter, direction, &pages->bvec[i], pages->nr - i,
		      offset - start + bytes);
	iov_iter_advance(iter, offset - start);
}

/* Submit what is left of an I/O. */
static void io_submit(struct memlane_run *run, struct memlane_io *io)
{
	struct kiocb *kiocb = &io->kiocb;
	struct iov_iter iter;
	ssize_t ret;

	init_completion(&io->complete);
	init_sync_kiocb(kiocb, run->file);
	kiocb->ki_pos = io->offset + run->shift;

	if (run->save) {
		kiocb->ki_complete = save_complete;
		region_iter(run->region, &iter, ITER_SOURCE, io->offset,
			    io->left);
		ret = memlane_write_iter(kiocb, &iter);
	} else {
		kiocb->ki_complete = io_complete;
		region_iter(run->region, &iter, ITER_DEST, io->offset,
			    io->left);
		ret = vfs_iocb_iter_read(run->file, kiocb, &iter);
	}
	if (ret != -EIOCBQUEUED)
		io_complete(kiocb, ret);
}

static void submit_next(struct memlane_run *run, struct memlane_io *io)
{
	io->offset = run->next;
	io->left = min_t(u64, run->io_bytes, run->end - run->next);
	run->next += io->left;
	io_submit(run, io);
}

static bool at_end_of_file(const struct memlane_run *run,
			   const struct memlane_io *io)
{
	return io->offset + run->shift >=
	       i_size_read(run->file->f_mapping->host);
}

/* Restarting would forget what is done already. */
static long no_restart(long err)
{
	switch (err) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		return -EINTR;
	default:
		return err;
	}
}

/*
 * Wait for an I/O. What came short is submitted again, which either gets on
 * or tells why not.
 */
static long io_wait(struct memlane_run *run, struct memlane_io *io, u64 *done)
{
	for (;;) {
		wait_for_completion(&io->complete);
		if (io->ret < 0)
			return no_restart(io->ret);

		io->left -= io->ret;
		io->offset += io->ret;
		*done += io->ret;
		if (!io->left)
			return 0;
		if (!run->save && at_end_of_file(run, io))
			return 0;
		if (!io->ret)
			return -EIO;
		io_submit(run, io);
	}
}

static void reap(struct memlane_run *run, struct memlane_io *io)
{
	u64 done = 0;
	long err = io_wait(run, io, &done);

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
		if (signal_pending(current)) {
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
static bool may_join(struct file *file, u32 io_bytes)
{
	struct inode *host = file->f_mapping->host;
	struct block_device *bdev = S_ISBLK(host->i_mode) ? I_BDEV(host) :
							    host->i_sb->s_bdev;

	return bdev &&
	       io_bytes <= queue_max_sectors(bdev_get_queue(bdev)) *
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
	struct kstat stat;
	int err;

	/* From 6.6 on tmpfs takes O_DIRECT, and copies nevertheless. */
	if (host->i_sb->s_magic == TMPFS_MAGIC)
		return -EINVAL;
	if (S_ISBLK(host->i_mode)) {
		*memory = bdev_dma_alignment(I_BDEV(host)) + 1;
		*offset = bdev_logical_block_size(I_BDEV(host));
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
		*offset = host->i_sb->s_bdev ?
			  bdev_logical_block_size(host->i_sb->s_bdev) :
			  SECTOR_SIZE;
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

static int check_file(struct file *file, bool save)
{
	umode_t mode = file_inode(file)->i_mode;

	if (!S_ISREG(mode) && !S_ISBLK(mode))
		return -EINVAL;
	if (!(file->f_mode & (save ? FMODE_WRITE : FMODE_READ)))
		return -EINVAL;
	if (!(file->f_flags & O_DIRECT))
		return -EINVAL;
	/* O_APPEND would put every I/O somewhere else than asked for. */
	if (save && file->f_flags & O_APPEND)
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

static struct memlane_run *run_alloc(struct memlane_region *region,
				     struct file *file, bool save,
				     const struct memlane_transfer *args)
{
	u32 io_bytes = args->io_bytes ?: MEMLANE_IO_BYTES_DEFAULT;
	u32 depth = min_t(u64, args->depth ?: MEMLANE_DEPTH_DEFAULT,
			  DIV_ROUND_UP_ULL(args->length, io_bytes));
	struct memlane_run *run;

	run = kmalloc(struct_size(run, io, depth), GFP_KERNEL);
	if (!run)
		return NULL;
	*run = (struct memlane_run){
		.region = region,
		.file = file,
		.save = save,
		.next = args->offset,
		.end = args->offset + args->length,
		.shift = args->file_offset - args->offset,
		.io_bytes = io_bytes,
		.depth = depth,
		.join = may_join(file, io_bytes),
	};
	return run;
}

static long transfer_file(struct memlane_region *region, struct file *file,
			  bool save, struct memlane_transfer *args)
{
	struct memlane_run *run;
	long err;

	err = check_file(file, save);
	if (!err)
		err = check_alignment(file, args);
	if (err || !args->length)
		return err;

	run = run_alloc(region, file, save, args);
	if (!run)
		return -ENOMEM;
	run_transfer(run);
	args->done = run->done;
	err = run->err;
	kfree(run);
	return err;
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
