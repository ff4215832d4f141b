// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor that a transfer stands on: requests to a disk and nothing else. No
 * file, no checks, no memory of anybody; pages that were allocated when the module
 * was loaded, in a table that was written then. What this costs is the block
 * layer's and the disk's, and nobody who writes to a disk pays less.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "floor.h"

#define FLOOR_ORDER 9
#define FLOOR_CHUNK (PAGE_SIZE << FLOOR_ORDER)
#define FLOOR_IO_MAX (64UL << 20)
#define FLOOR_CHUNKS (FLOOR_IO_MAX / FLOOR_CHUNK)
#define FLOOR_DEPTH_MAX 64

/* What every request points at: the same pages again and again, since nobody reads them. */
static struct bio_vec floor_vecs[FLOOR_CHUNKS];

/**
 * struct floor_slot - one request
 * @done: the disk has finished with it
 * @bio: what the disk works on; room for its own vectors could follow
 */
struct floor_slot {
	struct completion done;
	struct bio bio;
};

/**
 * struct floor_run - a job on its way, owned by the calling task
 * @bdev: the disk, held open by the caller's file
 * @job: what was asked for
 * @slots: the requests, used in turn
 */
struct floor_run {
	struct block_device *bdev;
	struct memlane_floor_job job;
	struct floor_slot *slots[];
};

static void floor_end_io(struct bio *bio)
{
	complete(bio->bi_private);
}

static void floor_submit(struct floor_run *run, struct floor_slot *slot, u64 at)
{
	struct bio *bio = &slot->bio;

	bio_init(bio, run->bdev, floor_vecs, FLOOR_CHUNKS, REQ_OP_WRITE | REQ_SYNC | REQ_IDLE);
	bio->bi_vcnt = FLOOR_CHUNKS;
	bio->bi_iter.bi_size = min(run->job.io_bytes, run->job.bytes - at);
	bio->bi_iter.bi_sector = at >> SECTOR_SHIFT;
	bio->bi_end_io = floor_end_io;
	bio->bi_private = &slot->done;
	init_completion(&slot->done);
	submit_bio(bio);
}

static int floor_reap(struct floor_slot *slot)
{
	int err;

	wait_for_completion_io(&slot->done);
	err = blk_status_to_errno(slot->bio.bi_status);
	bio_uninit(&slot->bio);
	if (!err && fatal_signal_pending(current))
		err = -EINTR;

	return err;
}

/* Submits depth requests, and then one for each that has ended, in order. */
static int floor_transfer(struct floor_run *run)
{
	u32 oldest = 0, in_flight = 0;
	u64 at = 0;
	int err = 0;

	for (;;) {
		while (!err && at < run->job.bytes && in_flight < run->job.depth) {
			floor_submit(run, run->slots[(oldest + in_flight++) % run->job.depth], at);
			at += run->job.io_bytes;
		}
		if (!in_flight)
			return err;
		err = floor_reap(run->slots[oldest]) ?: err;
		oldest = (oldest + 1) % run->job.depth;
		in_flight--;
	}
}

static void floor_free(struct floor_run *run)
{
	u32 i;

	for (i = 0; i < run->job.depth; i++)
		kfree(run->slots[i]);
	kfree(run);
}

static struct floor_run *floor_alloc(const struct memlane_floor_job *job)
{
	struct floor_run *run = kzalloc(struct_size(run, slots, job->depth), GFP_KERNEL);
	u32 i;

	if (!run)
		return NULL;

	run->job = *job;
	for (i = 0; i < job->depth; i++) {
		run->slots[i] = kmalloc(sizeof(*run->slots[i]), GFP_KERNEL);
		if (!run->slots[i]) {
			floor_free(run);
			return NULL;
		}
	}

	return run;
}

static int floor_check(const struct memlane_floor_job *job)
{
	if (!job->depth || job->depth > FLOOR_DEPTH_MAX)
		return -EINVAL;
	if (!job->io_bytes || job->io_bytes > FLOOR_IO_MAX || !PAGE_ALIGNED(job->io_bytes))
		return -EINVAL;
	if (job->bytes > (u64)LLONG_MAX || !PAGE_ALIGNED(job->bytes))
		return -EINVAL;

	return 0;
}

static int floor_run_on(struct file *file, const struct memlane_floor_job *job)
{
	struct floor_run *run;
	int err;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!S_ISBLK(file_inode(file)->i_mode))
		return -ENOTBLK;
	if (job->bytes > i_size_read(file->f_mapping->host))
		return -EINVAL;

	run = floor_alloc(job);
	if (!run)
		return -ENOMEM;

	run->bdev = I_BDEV(file->f_mapping->host);
	err = floor_transfer(run);
	floor_free(run);
	return err;
}

static long floor_ioctl(struct file *node, unsigned int request, unsigned long argument)
{
	struct memlane_floor_job job;
	struct file *file;
	int err;

	if (request != MEMLANE_FLOOR_IOC_RUN)
		return -ENOTTY;
	if (copy_from_user(&job, (void __user *)argument, sizeof(job)))
		return -EFAULT;

	err = floor_check(&job);
	if (err)
		return err;

	file = fget(job.fd);
	if (!file)
		return -EBADF;

	err = floor_run_on(file, &job);
	fput(file);
	return err;
}

static const struct file_operations floor_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = floor_ioctl,
};

static struct miscdevice floor_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = MEMLANE_FLOOR_NODE,
	.fops = &floor_fops,
	.mode = 0600,
};

static int __init floor_init(void)
{
	struct page *chunk = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, FLOOR_ORDER);
	unsigned int i;
	int err;

	if (!chunk)
		return -ENOMEM;
	for (i = 0; i < FLOOR_CHUNKS; i++)
		floor_vecs[i] = (struct bio_vec){ .bv_page = chunk, .bv_len = FLOOR_CHUNK };

	err = misc_register(&floor_device);
	if (err)
		__free_pages(chunk, FLOOR_ORDER);
	return err;
}

static void __exit floor_exit(void)
{
	misc_deregister(&floor_device);
	__free_pages(floor_vecs[0].bv_page, FLOOR_ORDER);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("What requests to a disk cost by themselves, to measure memlane against");
MODULE_AUTHOR("The memlane authors");
MODULE_LICENSE("GPL");
