// SPDX-License-Identifier: GPL-2.0-only
/*
 * One I/O of a transfer: to the file, or past it to the disk.
 *
 * To a file it is an asynchronous kiocb over a piece of the region's bio_vec
 * table. To a raw disk the kernel's way through the file costs half as much as
 * the request itself and does nothing that has to be done again for each I/O.
 * So the first I/O of a transfer goes through the file, which asks whether the
 * caller may do that (permissions, security modules) and sets its times; the
 * others are bios over the same table, as long as the disk may be written
 * (still_open_to()). What direct I/O does about the page cache is done once for
 * the whole range.
 */
#include <linux/blkdev.h>
#include <linux/freezer.h>
#include <linux/pagemap.h>
#include <linux/task_io_accounting_ops.h>
#include <linux/uio.h>

#include "compat/kiocb.h"
#include "io.h"
#include "region.h"

/**
 * memlane_disk_of() - the disk that a file is on, or is
 * @file: a regular file or a block device
 *
 * Return: the disk, or NULL if the file system has none, or several.
 */
struct block_device *memlane_disk_of(const struct file *file)
{
	struct inode *host = file->f_mapping->host;

	return S_ISBLK(host->i_mode) ? I_BDEV(host) : host->i_sb->s_bdev;
}

/* Nobody's pages stand between the caller and the disk. */
static bool leave_cache(struct address_space *mapping, bool save, u64 first, u64 last)
{
	if (!mapping->nrpages)
		return true;
	if (filemap_write_and_wait_range(mapping, first, last))
		return false;
	return !save || !invalidate_inode_pages2_range(mapping, first >> PAGE_SHIFT,
						       last >> PAGE_SHIFT);
}

static bool suits_disk(const struct memlane_target *target, struct block_device *disk,
		       u64 position, u64 length, u32 io_bytes)
{
	/* Those writes end when the disk has flushed its own cache. */
	if (target->save && (target->kiocb_flags & IOCB_DSYNC ||
			     IS_SYNC(target->file->f_mapping->host)))
		return false;
	/* A zone is written in order, which is the file's to see to. */
	if (bdev_is_zoned(disk))
		return false;
	/* Nor has a bio an end that is short. */
	return position + length <= bdev_nr_bytes(disk) &&
	       IS_ALIGNED(io_bytes, bdev_logical_block_size(disk));
}

/**
 * memlane_target_begin() - choose the way to a target
 * @target: its file, which is suitable, and direction
 * @position: first byte in the file that the transfer touches
 * @length: bytes of the transfer, more than 0, aligned as the file demands
 * @io_bytes: bytes of one I/O
 *
 * Sets the rest of @target. May wait for pages of the disk that are written
 * back.
 */
void memlane_target_begin(struct memlane_target *target, u64 position, u64 length,
			  u32 io_bytes)
{
	struct address_space *mapping = target->file->f_mapping;
	struct block_device *disk;

	target->disk = NULL;
	target->admitted = false;
	if (!S_ISBLK(mapping->host->i_mode) || length <= io_bytes)
		return;
	disk = I_BDEV(mapping->host);
	if (suits_disk(target, disk, position, length, io_bytes) &&
	    leave_cache(mapping, target->save, position, position + length - 1))
		target->disk = disk;
}

/**
 * memlane_target_end() - to be called when no I/O is in flight any more
 * @target: as memlane_target_begin() left it
 * @position: as there
 * @length: as there
 *
 * What others read meanwhile through the page cache may be old.
 */
void memlane_target_end(const struct memlane_target *target, u64 position, u64 length)
{
	struct address_space *mapping = target->file->f_mapping;

	if (target->disk && target->save && mapping->nrpages)
		invalidate_inode_pages2_range(mapping, position >> PAGE_SHIFT,
					      (position + length - 1) >> PAGE_SHIFT);
}

static void io_complete(struct memlane_io *io, long ret)
{
	io->ret = ret;
	complete(&io->complete);
}

static void load_complete(struct kiocb *kiocb, long ret)
{
	io_complete(container_of(kiocb, struct memlane_io, kiocb), ret);
}

static void save_complete(struct kiocb *kiocb, long ret)
{
	memlane_end_write(kiocb);
	load_complete(kiocb, ret);
}

static void disk_complete(struct bio *bio)
{
	struct memlane_io *io = container_of(bio, struct memlane_io, bio);
	int err = blk_status_to_errno(bio->bi_status);

	bio_uninit(bio);
	io_complete(io, err ?: (long)io->left);
}

/* The piece of the table that holds an offset, and how far in that is. */
static const struct bio_vec *piece_at(const struct memlane_pages *pages, u64 offset,
				      unsigned int *nr, u64 *skip)
{
	unsigned int i = memlane_pages_find(pages, offset >> PAGE_SHIFT);

	*nr = pages->nr - i;
	*skip = offset - ((u64)pages->first[i] << PAGE_SHIFT);
	return &pages->bvec[i];
}

static void submit_to_file(struct memlane_io *io, struct memlane_target *target,
			   const struct memlane_region *region)
{
	struct kiocb *kiocb = &io->kiocb;
	const struct bio_vec *bvec;
	struct iov_iter iter;
	unsigned int nr;
	ssize_t ret;
	u64 skip;

	bvec = piece_at(&region->pages, io->offset, &nr, &skip);
	iov_iter_bvec(&iter, target->save ? ITER_SOURCE : ITER_DEST, bvec, nr,
		      skip + io->left);
	iov_iter_advance(&iter, skip);

	init_sync_kiocb(kiocb, target->file);
	kiocb->ki_flags = target->kiocb_flags;
	kiocb->ki_pos = io->position;
	if (target->save) {
		kiocb->ki_complete = save_complete;
		ret = memlane_write_iter(kiocb, &iter);
	} else {
		kiocb->ki_complete = load_complete;
		ret = vfs_iocb_iter_read(target->file, kiocb, &iter);
	}
	if (ret == -EIOCBQUEUED || ret > 0)
		target->admitted = true;
	if (ret != -EIOCBQUEUED)
		io_complete(io, ret);
}

static void submit_to_disk(struct memlane_io *io, const struct memlane_target *target,
			   const struct memlane_region *region)
{
	struct bio *bio = &io->bio;
	const struct bio_vec *bvec;
	unsigned int nr;
	u64 skip;

	bvec = piece_at(&region->pages, io->offset, &nr, &skip);
	/* As a clone, a bio does not own its table; nobody writes there. */
	bio_init(bio, target->disk, (struct bio_vec *)bvec, 0,
		 target->save ? REQ_OP_WRITE | REQ_SYNC | REQ_IDLE : REQ_OP_READ);
	bio_set_flag(bio, BIO_CLONED);
	bio->bi_iter.bi_sector = io->position >> SECTOR_SHIFT;
	bio->bi_iter.bi_size = io->left;
	bio->bi_iter.bi_bvec_done = skip;
	bio->bi_end_io = disk_complete;

	if (target->save)
		task_io_account_write(io->left);
	submit_bio(bio);
}

/*
 * What a disk's file asks for each I/O, and what can change while it is open:
 * whether the disk is read-only, swapped to, or shorter than before. Where it
 * is, the file shall say what that means.
 */
static bool still_open_to(const struct memlane_io *io,
			  const struct memlane_target *target)
{
	if (io->position + io->left > bdev_nr_bytes(target->disk))
		return false;
	return !target->save ||
	       !(bdev_read_only(target->disk) ||
		 IS_SWAPFILE(target->file->f_mapping->host));
}

/**
 * memlane_io_submit() - submit what is left of an I/O
 * @io: its offset, position and left are set; until it is complete it is not
 *	the caller's
 * @target: where to
 * @region: the memory
 */
void memlane_io_submit(struct memlane_io *io, struct memlane_target *target,
		       const struct memlane_region *region)
{
	init_completion(&io->complete);
	if (target->disk && target->admitted && still_open_to(io, target))
		submit_to_disk(io, target, region);
	else
		submit_to_file(io, target, region);
}

/**
 * memlane_signal_waits() - whether a signal waits for this task
 *
 * That is less than what signal_pending() says, which is also true for work
 * that can wait for the end of a call, as it does for that of a write(2)
 * (io_uring's completions, live patching), for the freezer, and for a signal that
 * another thread has taken by now. To be frozen the task need not return to user
 * space, so that is done here; I/Os in flight complete meanwhile. To be stopped
 * it has to, so a stop counts as a signal: SIGSTOP and the like, a tracer, a
 * cgroup's freezer.
 *
 * Context: process context, no locks held.
 */
bool memlane_signal_waits(void)
{
	/* A task's own changes by its execve() and exit only. */
	spinlock_t *lock = &rcu_dereference_protected(current->sighand, true)->siglock;

	do {
		try_to_freeze();
		spin_lock_irq(lock);
		recalc_sigpending();
		spin_unlock_irq(lock);
	} while (freezing(current));
	return task_sigpending(current);
}

/* In slices shorter than the hung task check's: a slow disk does not hang. */
static void wait_for_arrival(struct memlane_io *io)
{
	while (!wait_for_completion_io_timeout(&io->complete, HZ / 2))
		;
}

static bool at_end_of_file(const struct memlane_io *io, const struct file *file)
{
	return io->position >= i_size_read(file->f_mapping->host);
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

/**
 * memlane_io_wait() - wait for an I/O
 * @io: submitted
 * @target: where to
 * @region: the memory
 * @done: what arrived is added; all of it was behind what arrived before
 *
 * What came short is submitted again, which either gets on or tells why not,
 * unless a signal waits.
 *
 * Return: 0, with @io->left not 0 if a file that is read ended; or a negative
 *	errno, never one of those that restart a system call.
 */
long memlane_io_wait(struct memlane_io *io, struct memlane_target *target,
		     const struct memlane_region *region, u64 *done)
{
	for (;;) {
		wait_for_arrival(io);
		if (io->ret < 0)
			return no_restart(io->ret);

		io->left -= io->ret;
		io->offset += io->ret;
		io->position += io->ret;
		*done += io->ret;
		if (!io->left)
			return 0;
		if (!target->save && at_end_of_file(io, target->file))
			return 0;
		if (!io->ret)
			return -EIO;
		if (memlane_signal_pending())
			return -EINTR;
		memlane_io_submit(io, target, region);
	}
}
