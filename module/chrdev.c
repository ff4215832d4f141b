// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device node: open, release, read, write, seek, and which ioctl is which.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "region.h"

static int memlane_open(struct inode *inode, struct file *file)
{
	struct memlane_region *region =
		container_of(inode->i_cdev, struct memlane_region, cdev);
	struct memlane_file *opened;
	int err;

	err = memlane_region_settle(region);
	if (err)
		return err;
	opened = kzalloc(sizeof(*opened), GFP_KERNEL);
	if (!opened)
		return -ENOMEM;
	err = memlane_region_get(region);
	if (err) {
		kfree(opened);
		return err;
	}
	opened->region = region;
	file->private_data = opened;
	file->f_mapping = region->inode->i_mapping;
	return 0;
}

static int memlane_release(struct inode *inode, struct file *file)
{
	struct memlane_file *opened = file->private_data;
	struct memlane_region *region = opened->region;

	if (region->ring)
		memlane_ring_leave(region->ring, opened);
	kfree(opened);
	memlane_region_put(region);
	return 0;
}

typedef size_t (*copy_fn)(struct page *page, size_t offset, size_t bytes,
			  struct iov_iter *iter);

/* Copy up to the region's end, page by page; stop at a fault or a signal. */
static ssize_t copy_range(struct memlane_region *region, loff_t *ppos,
			  struct iov_iter *iter, copy_fn copy)
{
	u64 pos = *ppos;
	size_t left = min_t(u64, iov_iter_count(iter), region->size - pos);
	ssize_t done = 0;

	while (left) {
		size_t offset = offset_in_page(pos);
		size_t bytes = min_t(size_t, left, PAGE_SIZE - offset);
		size_t copied = copy(memlane_page(region, pos >> PAGE_SHIFT),
				     offset, bytes, iter);

		done += copied;
		pos += copied;
		left -= copied;
		if (copied < bytes)
			break;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}

	*ppos = pos;
	return done ?: -EFAULT;
}

/**
 * memlane_region_read() - copy from a region
 * @region: the region, in use by the caller
 * @ppos: where; moved by what was copied
 * @to: takes it
 *
 * Return: bytes, fewer than asked for at the region's end, after a fault or
 *	for a fatal signal; 0 at the end; -EFAULT if the first cannot be stored.
 */
ssize_t memlane_region_read(struct memlane_region *region, loff_t *ppos,
			    struct iov_iter *to)
{
	if (!iov_iter_count(to) || *ppos >= region->size)
		return 0;
	return copy_range(region, ppos, to, copy_page_to_iter);
}

/**
 * memlane_region_write() - copy to a region
 * @region: the region, in use by the caller
 * @ppos: where; moved by what was copied
 * @from: has it
 *
 * Return: as memlane_region_read(), but -ENOSPC at the end.
 */
ssize_t memlane_region_write(struct memlane_region *region, loff_t *ppos,
			     struct iov_iter *from)
{
	ssize_t ret;

	if (!iov_iter_count(from))
		return 0;
	if (*ppos >= region->size)
		return -ENOSPC;
	ret = copy_range(region, ppos, from, copy_page_from_iter);
	memlane_screen_touch(region);
	return ret;
}

static ssize_t memlane_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return memlane_region_read(memlane_region_of(iocb->ki_filp), &iocb->ki_pos,
				   to);
}

static ssize_t memlane_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return memlane_region_write(memlane_region_of(iocb->ki_filp), &iocb->ki_pos,
				    from);
}

static int memlane_mmap(struct file *file, struct vm_area_struct *vma)
{
	return memlane_region_mmap(memlane_region_of(file), vma);
}

static loff_t memlane_llseek(struct file *file, loff_t offset, int whence)
{
	struct memlane_region *region = memlane_region_of(file);

	return fixed_size_llseek(file, offset, whence, region->size);
}

static long memlane_ioctl_info(struct file *file,
			       struct memlane_info __user *arg)
{
	struct memlane_region *region = memlane_region_of(file);
	struct memlane_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.flags || memchr_inv(info.reserved, 0, sizeof(info.reserved)))
		return -EINVAL;

	info = (struct memlane_info){
		.kind = region->backing->kind,
		.size = region->size,
		.segments = region->nr_runs,
		.page_size = PAGE_SIZE,
	};
	if (capable(CAP_SYS_ADMIN))
		info.phys_addr = memlane_phys(region);
	strscpy(info.name, region->name, sizeof(info.name));

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long memlane_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case MEMLANE_IOC_INFO:
		return memlane_ioctl_info(file, argp);
	case MEMLANE_IOC_SAVE:
	case MEMLANE_IOC_LOAD:
		return memlane_ioctl_transfer(file, cmd, argp);
	case MEMLANE_IOC_ACQUIRE:
	case MEMLANE_IOC_COMMIT:
	case MEMLANE_IOC_NEXT:
	case MEMLANE_IOC_RELEASE:
	case MEMLANE_IOC_RING_STATUS:
	case MEMLANE_IOC_NEXT_MANY:
	case MEMLANE_IOC_RELEASE_RUN:
	case MEMLANE_IOC_POLICY:
		return memlane_ioctl_ring(file, cmd, argp);
	case MEMLANE_IOC_SYNC:
		return memlane_ioctl_sync(file, argp);
	default:
		return -ENOTTY;
	}
}

const struct file_operations memlane_fops = {
	.owner = THIS_MODULE,
	.open = memlane_open,
	.release = memlane_release,
	.llseek = memlane_llseek,
	.read_iter = memlane_read_iter,
	.write_iter = memlane_write_iter,
	.mmap = memlane_mmap,
	.get_unmapped_area = thp_get_unmapped_area, /* for huge entries */
	.fsync = noop_fsync, /* nothing lies behind the memory */
	.splice_read = memlane_splice_read,
	.poll = memlane_poll,
	.fasync = memlane_fasync,
	.unlocked_ioctl = memlane_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
