// SPDX-License-Identifier: GPL-2.0-only
/*
 * SYNC: what the CPU's caches need around the DMA of a device that has no driver
 * in this kernel, or none that looks after the region.
 *
 * The memory is mapped once for streaming DMA, and handed to and fro. Where
 * caches are coherent nothing is mapped, and SYNC costs a system call. A region
 * that a driver made is that driver's: its commits do it (client.c).
 */
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "region.h"

/* Handed over without a chance for others to run. */
#define SYNC_STEP	SZ_16M

/*
 * The device tree knows of its device whether it is coherent; a region without
 * one is what devices usually are on this machine.
 */
static struct device *find_device(struct memlane_region *region,
				  struct memlane_spec *spec)
{
	struct device *dev = spec->parent ?: &region->dev;

	return dev_is_dma_coherent(dev) ? NULL : dev;
}

/*
 * A bounce buffer (a device of 32 bits, swiotlb=force) is not the memory that
 * the device writes; to copy it back would destroy that.
 */
static bool is_bounced(const struct memlane_region *region,
		       const struct memlane_dma *dma)
{
	return dma->dev == &region->dev &&
	       dma->piece[0].addr != memlane_phys(region);
}

/**
 * memlane_sync_create() - make a region ready for SYNC
 * @region: the region, its pages entered, not published
 * @spec: what it shall be; takes the reason of a failure
 *
 * Return: 0; -ENOMEM; -EIO when the memory is not mapped as it is.
 */
int memlane_sync_create(struct memlane_region *region,
			struct memlane_spec *spec)
{
	struct memlane_dma *dma = &region->dma;
	struct device *dev = spec->client ? NULL : find_device(region, spec);
	int err;

	if (!dev)
		return 0;
	err = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return memlane_fail(spec, err, "the device does no DMA");

	dma->dev = dev;
	dma->direction = DMA_BIDIRECTIONAL;
	err = memlane_dma_map(dma, &region->pages);
	if (!err && is_bounced(region, dma)) {
		memlane_dma_unmap(dma);
		err = -EIO;
	}
	if (err)
		return memlane_fail(spec, err,
				    "the memory cannot be mapped for a device's DMA");
	return 0;
}

/**
 * memlane_sync_free() - the opposite of memlane_sync_create()
 * @region: the region
 */
void memlane_sync_free(struct memlane_region *region)
{
	memlane_dma_unmap(&region->dma);
}

static int check_args(const struct memlane_region *region,
		      const struct memlane_sync *args)
{
	if (args->flags || args->reserved1 || args->reserved[0] ||
	    args->reserved[1])
		return -EINVAL;
	if (args->owner > MEMLANE_OWNER_DEVICE ||
	    args->direction > MEMLANE_FROM_DEVICE)
		return -EINVAL;
	if (args->offset > region->size ||
	    args->length > region->size - args->offset)
		return -EINVAL;
	return 0;
}

/* The uAPI's directions are the kernel's. */
static enum dma_data_direction direction_of(const struct memlane_sync *args)
{
	BUILD_BUG_ON((int)MEMLANE_BIDIRECTIONAL != DMA_BIDIRECTIONAL);
	BUILD_BUG_ON((int)MEMLANE_TO_DEVICE != DMA_TO_DEVICE);
	BUILD_BUG_ON((int)MEMLANE_FROM_DEVICE != DMA_FROM_DEVICE);
	return (enum dma_data_direction)args->direction;
}

/**
 * memlane_ioctl_sync() - MEMLANE_IOC_SYNC
 * @file: the open node
 * @arg: what to hand over, and to whom
 *
 * Return: 0, -EFAULT, -EINVAL, -EBADF, or -EINTR after a fatal signal.
 */
long memlane_ioctl_sync(struct file *file, struct memlane_sync __user *arg)
{
	struct memlane_region *region = memlane_region_of(file);
	memlane_dma_sync_fn *sync = dma_sync_single_for_cpu;
	struct memlane_sync args;
	int err;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	err = check_args(region, &args);
	if (err)
		return err;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (args.owner == MEMLANE_OWNER_DEVICE)
		sync = dma_sync_single_for_device;
	if (!region->dma.dev)
		return 0;

	while (args.length) {
		u64 step = min_t(u64, args.length, SYNC_STEP);

		if (fatal_signal_pending(current))
			return -EINTR;
		memlane_dma_sync(&region->dma, args.offset, step,
				 direction_of(&args), sync);
		args.offset += step;
		args.length -= step;
		cond_resched();
	}
	return 0;
}
