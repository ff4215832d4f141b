// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other drivers call, see memlane.h: a region for a device, whose frames
 * its driver commits.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "client.h"
#include "memlane.h"

static int check_wish(struct device *dev, struct memlane_spec *spec,
		      const struct memlane_client_spec *wish)
{
	if (strscpy(spec->name, wish->name, sizeof(spec->name)) < 0)
		return memlane_fail(spec, -ENAMETOOLONG,
				    "the name has more than %d letters",
				    MEMLANE_NAME_SIZE - 1);
	if (!dev->dma_mask || !*dev->dma_mask)
		return memlane_fail(spec, -EINVAL,
				    "the device has no DMA mask");
	if (!wish->slot_size || !PAGE_ALIGNED(wish->slot_size))
		return memlane_fail(spec, -EINVAL,
				    "slots of %u bytes are no multiple of %lu",
				    wish->slot_size, PAGE_SIZE);
	if (wish->policy != MEMLANE_POLICY_DROP_NEWEST &&
	    wish->policy != MEMLANE_POLICY_DROP_OLDEST)
		return memlane_fail(spec, -EINVAL, "there is no policy %d",
				    wish->policy);
	return 0;
}

/**
 * memlane_client_create() - make a region for a device
 * @dev: the device that fills it, its DMA mask set; the region's parent
 * @wish: what the region shall be
 *
 * The memory is zeroed, lies where @dev reaches it, and is mapped for its DMA
 * (DMA_FROM_DEVICE). The caller is the ring's producer until it removes the
 * region. Why it failed stands in the kernel's log.
 *
 * Context: may sleep.
 * Return: the region, to be given to memlane_client_remove(); or an ERR_PTR:
 *	-EINVAL, -ENAMETOOLONG, -EEXIST, -ENOMEM, -ENOSPC (no minor left),
 *	-EINTR.
 */
struct memlane_client *
memlane_client_create(struct device *dev,
		      const struct memlane_client_spec *wish)
{
	struct memlane_spec spec = {
		.size = (u64)wish->slot_size * wish->slots,
		.contiguous = wish->contiguous,
		.slot_size = wish->slot_size,
		.policy = (enum memlane_drop_policy)wish->policy,
	};
	struct memlane_region *region;
	int err;

	err = check_wish(dev, &spec, wish);
	if (err)
		return ERR_PTR(err);
	spec.client = kzalloc(sizeof(*spec.client), GFP_KERNEL);
	if (!spec.client)
		return ERR_PTR(-ENOMEM);

	spec.client->dma.dev = dev;
	spec.client->dma.direction = DMA_FROM_DEVICE;
	region = memlane_region_create(&spec);
	if (IS_ERR(region)) {
		kfree(spec.client);
		return ERR_CAST(region);
	}
	spec.client->region = region;
	return spec.client;
}
EXPORT_SYMBOL_GPL(memlane_client_create);

/**
 * memlane_client_remove() - the driver leaves
 * @client: the region, gone for the caller
 *
 * The device must have stopped: its DMA mapping ends here, and nothing may be
 * committed any more. Who has the region open keeps it: frames that wait can be
 * taken and saved, then NEXT is ENODEV, and the last one to close frees the
 * memory. Nobody is waited for, and the name is free again at once.
 *
 * Context: may sleep.
 */
void memlane_client_remove(struct memlane_client *client)
{
	struct memlane_region *region = client->region;

	memlane_region_hide(region);
	memlane_dma_unmap(&client->dma);
	memlane_ring_end(region->ring);
	region->client = NULL;
	memlane_region_abandon(region);
	kfree(client);
}
EXPORT_SYMBOL_GPL(memlane_client_remove);

static u64 offset_of(const struct memlane_client *client, u32 slot)
{
	return (u64)slot * client->region->ring->slot_size;
}

static void give_to_device(const struct memlane_client *client, u32 slot)
{
	if (client->dma.need_sync)
		memlane_dma_sync(&client->dma, offset_of(client, slot),
				 client->region->ring->slot_size,
				 DMA_FROM_DEVICE, dma_sync_single_for_device);
}

static void give_to_cpu(const struct memlane_client *client, u32 slot,
			u32 bytes)
{
	if (client->dma.need_sync)
		memlane_dma_sync(&client->dma, offset_of(client, slot), bytes,
				 DMA_FROM_DEVICE, dma_sync_single_for_cpu);
}

/**
 * memlane_client_acquire() - one more slot for the device to fill
 * @client: the region
 * @slot: takes the slot, which begins at this times the slot size
 *
 * As many as the device can have queued; all of them stay the driver's, since
 * each commit gives another one back.
 *
 * Context: process, interrupts on.
 * Return: 0; -ENOBUFS when the driver has all slots but one; -EAGAIN when no
 *	slot is free just now.
 */
int memlane_client_acquire(struct memlane_client *client, u32 *slot)
{
	int err = memlane_ring_acquire(client->region->ring, &client->file,
				       slot);

	if (!err)
		give_to_device(client, *slot);
	return err;
}
EXPORT_SYMBOL_GPL(memlane_client_acquire);

/**
 * memlane_client_commit() - the device has filled a slot
 * @client: the region
 * @frame: in: slot, length, flags of MEMLANE_FRAME_FLAGS, timestamp (0: now);
 *	out: the slot to fill next, which is the same if the frame was dropped,
 *	and the frame's sequence number
 *
 * Context: any but NMI; never waits.
 * Return: 0, or -EINVAL if the slot is not the driver's or shorter than the
 *	frame, or for an unknown flag.
 */
int memlane_client_commit(struct memlane_client *client,
			  struct memlane_frame *frame)
{
	struct memlane_ring *ring = client->region->ring;
	int err;

	if (frame->slot >= ring->slots.nr || frame->length > ring->slot_size ||
	    frame->flags & ~MEMLANE_FRAME_FLAGS)
		return -EINVAL;
	if (!frame->timestamp)
		frame->timestamp = ktime_get_ns();

	/* Before anybody else can have it, and after nobody else has. */
	give_to_cpu(client, frame->slot, frame->length);
	err = memlane_ring_commit(ring, &client->file, frame);
	if (!err)
		give_to_device(client, frame->slot);
	return err;
}
EXPORT_SYMBOL_GPL(memlane_client_commit);

/**
 * memlane_client_dma() - where the device finds a byte
 * @client: the region
 * @offset: of the byte, inside the region
 * @bytes: takes how many there are from there on without a gap, which may be
 *	more than a slot or less
 *
 * Constant until the region is removed.
 *
 * Context: any.
 * Return: the address for the device.
 */
dma_addr_t memlane_client_dma(const struct memlane_client *client, u64 offset,
			      u64 *bytes)
{
	const struct memlane_dma *dma = &client->dma;
	unsigned int i = memlane_dma_find(dma, offset);
	const struct memlane_dma_piece *piece = &dma->piece[i];
	u64 skip = offset - piece->offset;
	dma_addr_t addr = piece->addr + skip;

	*bytes = piece->bytes - skip;
	while (++i < dma->nr && dma->piece[i].addr == addr + *bytes)
		*bytes += dma->piece[i].bytes;
	return addr;
}
EXPORT_SYMBOL_GPL(memlane_client_dma);

/**
 * memlane_client_page() - the page that holds a byte
 * @client: the region
 * @offset: of the byte, inside the region
 *
 * For the driver to look at a frame before it commits it. The device's part is
 * not synchronised for that.
 *
 * Context: any.
 * Return: the page, with no reference taken; valid until the region is removed.
 */
struct page *memlane_client_page(const struct memlane_client *client,
				 u64 offset)
{
	return memlane_page(client->region, offset >> PAGE_SHIFT);
}
EXPORT_SYMBOL_GPL(memlane_client_page);
