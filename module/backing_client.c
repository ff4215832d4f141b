// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages for a driver's device: zeroed, where the device reaches them without a
 * bounce buffer, and mapped for its DMA for as long as the driver is there.
 *
 * The pages outlive the mapping: they go with the region's last user, the
 * mapping with the driver.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "client.h"

/*
 * If the device, or what translates for it, reaches all memory there is, any
 * page will do; else it must lie where the device's highest address is. On the
 * few machines whose buses count otherwise than the CPU, that may be too strict
 * or too lax; the mapping copes.
 */
static int take_pages(struct memlane_region *region, struct memlane_spec *spec,
		      struct device *dev)
{
	u64 last = min_not_zero(dma_get_mask(dev), dev->bus_dma_limit);
	gfp_t zone = IS_ENABLED(CONFIG_ZONE_DMA32) ? __GFP_DMA32 : 0;

	if (last >= dma_get_required_mask(dev))
		return memlane_alloc_pages(region, spec, __GFP_HIGHMEM,
					   U64_MAX);
	return memlane_alloc_pages(region, spec, zone, last);
}

static unsigned int count_pieces(const struct memlane_pages *pages,
				 size_t most)
{
	unsigned int i, nr = 0;

	for (i = 0; i < pages->nr; i++)
		nr += DIV_ROUND_UP(pages->bvec[i].bv_len, most);
	return nr;
}

static int map_piece(struct memlane_client *client, struct page *page,
		     u64 offset, size_t bytes)
{
	dma_addr_t addr = dma_map_page_attrs(client->dev, page, 0, bytes,
					     DMA_FROM_DEVICE, DMA_ATTR_NO_WARN);

	if (dma_mapping_error(client->dev, addr))
		return -ENOMEM;
	client->piece[client->nr++] = (struct memlane_dma_piece){
		.offset = offset,
		.bytes = bytes,
		.addr = addr,
	};
	client->need_sync |= dma_need_sync(client->dev, addr);
	return 0;
}

static int map_bvec(struct memlane_client *client, const struct bio_vec *bv,
		    u64 offset, size_t most)
{
	size_t done, bytes;
	int err = 0;

	for (done = 0; !err && done < bv->bv_len; done += bytes) {
		bytes = min_t(size_t, most, bv->bv_len - done);
		err = map_piece(client,
				nth_page(bv->bv_page, done >> PAGE_SHIFT),
				offset + done, bytes);
	}
	return err;
}

static int map_pages(struct memlane_client *client,
		     const struct memlane_pages *pages)
{
	/* Without bounce buffers there is no limit, SIZE_MAX. */
	size_t most = clamp_t(size_t, dma_max_mapping_size(client->dev),
			      PAGE_SIZE, SZ_1G) & PAGE_MASK;
	unsigned int i;
	int err = 0;

	client->piece = kvmalloc_array(count_pieces(pages, most),
				       sizeof(*client->piece), GFP_KERNEL);
	if (!client->piece)
		return -ENOMEM;
	for (i = 0; !err && i < pages->nr; i++) {
		err = map_bvec(client, &pages->bvec[i],
			       (u64)pages->first[i] << PAGE_SHIFT, most);
		cond_resched();
	}
	return err;
}

/**
 * memlane_client_unmap() - take the memory out of the device's reach
 * @client: the driver, whose device is quiet; may have no mapping
 *
 * Slots were made visible to the CPU when they were committed. To do so again
 * would throw away what a program has written since.
 */
void memlane_client_unmap(struct memlane_client *client)
{
	while (client->nr) {
		const struct memlane_dma_piece *piece =
			&client->piece[--client->nr];

		dma_unmap_page_attrs(client->dev, piece->addr, piece->bytes,
				     DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	}
	kvfree(client->piece);
	client->piece = NULL;
}

/**
 * memlane_client_find() - the piece that holds a byte
 * @client: the driver
 * @offset: of the byte, inside the region
 *
 * Return: an index into @client->piece.
 */
unsigned int memlane_client_find(const struct memlane_client *client,
				 u64 offset)
{
	unsigned int low = 0, high = client->nr - 1;

	while (low < high) {
		unsigned int mid = high - (high - low) / 2;

		if (client->piece[mid].offset <= offset)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

static int client_create(struct memlane_region *region,
			 struct memlane_spec *spec)
{
	struct memlane_client *client = region->client;
	int err;

	err = take_pages(region, spec, client->dev);
	if (err)
		return err;
	err = map_pages(client, &region->pages);
	if (err) {
		memlane_client_unmap(client);
		memlane_free_pages(region);
		return memlane_fail(spec, err,
				    "the memory cannot be mapped for the device's DMA");
	}
	return 0;
}

static bool client_busy(const struct memlane_region *region)
{
	return false;
}

static void client_destroy(struct memlane_region *region)
{
	if (region->client)
		memlane_client_unmap(region->client);
	memlane_free_pages(region);
}

const struct memlane_backing memlane_backing_client = {
	.kind = MEMLANE_KIND_CLIENT,
	.create = client_create,
	.busy = client_busy,
	.destroy = client_destroy,
};
