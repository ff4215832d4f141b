// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region mapped for the DMA of a device, piece by piece, and handed to and fro
 * between device and CPU.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "dma.h"
#include "region.h"

/* Runs, since folios that are neighbours are one to a device. */
static unsigned int count_pieces(const struct memlane_pages *pages,
				 size_t most)
{
	unsigned int i = 0, nr = 0;
	u64 bytes;

	while (i < pages->nr) {
		i = memlane_pages_run(pages, i, &bytes);
		nr += DIV_ROUND_UP_ULL(bytes, most);
	}
	return nr;
}

static int map_piece(struct memlane_dma *dma, struct page *page,
		     u64 offset, size_t bytes)
{
	dma_addr_t addr = dma_map_page_attrs(dma->dev, page, 0, bytes,
					     dma->direction, DMA_ATTR_NO_WARN);

	if (dma_mapping_error(dma->dev, addr))
		return -ENOMEM;
	dma->piece[dma->nr++] = (struct memlane_dma_piece){
		.offset = offset,
		.bytes = bytes,
		.addr = addr,
	};
	dma->need_sync |= dma_need_sync(dma->dev, addr);
	return 0;
}

static int map_run(struct memlane_dma *dma, struct page *page, u64 offset,
		   u64 bytes, size_t most)
{
	u64 done, n;
	int err = 0;

	for (done = 0; !err && done < bytes; done += n) {
		n = min_t(u64, most, bytes - done);
		err = map_piece(dma, nth_page(page, done >> PAGE_SHIFT),
				offset + done, n);
		cond_resched();
	}
	return err;
}

/**
 * memlane_dma_map() - bring a region within a device's reach
 * @dma: its device and direction set, all else 0
 * @pages: the region's memory
 *
 * Return: 0, or -ENOMEM with nothing left mapped.
 */
int memlane_dma_map(struct memlane_dma *dma, const struct memlane_pages *pages)
{
	/* Without bounce buffers there is no limit, SIZE_MAX. */
	size_t most = clamp_t(size_t, dma_max_mapping_size(dma->dev),
			      PAGE_SIZE, SZ_1G) & PAGE_MASK;
	unsigned int i = 0;
	int err = 0;

	dma->piece = kvmalloc_array(count_pieces(pages, most),
				    sizeof(*dma->piece), GFP_KERNEL);
	if (!dma->piece)
		return -ENOMEM;
	while (!err && i < pages->nr) {
		struct page *page = pages->bvec[i].bv_page;
		u64 offset = (u64)pages->first[i] << PAGE_SHIFT;
		u64 bytes;

		i = memlane_pages_run(pages, i, &bytes);
		err = map_run(dma, page, offset, bytes, most);
	}
	if (err)
		memlane_dma_unmap(dma);
	return err;
}

/**
 * memlane_dma_unmap() - take the memory out of the device's reach
 * @dma: the mapping, or none
 *
 * Nothing is made visible to the CPU, which was done when the device had written
 * it. To do so again would throw away what a program has written since.
 */
void memlane_dma_unmap(struct memlane_dma *dma)
{
	while (dma->nr) {
		const struct memlane_dma_piece *piece = &dma->piece[--dma->nr];

		dma_unmap_page_attrs(dma->dev, piece->addr, piece->bytes,
				     dma->direction, DMA_ATTR_SKIP_CPU_SYNC);
	}
	kvfree(dma->piece);
	dma->piece = NULL;
}

/**
 * memlane_dma_find() - the piece that holds a byte
 * @dma: the mapping
 * @offset: of the byte, inside the region
 *
 * Return: an index into @dma->piece.
 */
unsigned int memlane_dma_find(const struct memlane_dma *dma, u64 offset)
{
	unsigned int low = 0, high = dma->nr - 1;

	while (low < high) {
		unsigned int mid = high - (high - low) / 2;

		if (dma->piece[mid].offset <= offset)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

/**
 * memlane_dma_sync() - hand a range over
 * @dma: the mapping
 * @offset: where the range begins in the region
 * @bytes: how many, inside the region
 * @direction: from where to where data moves
 * @sync: to whom: dma_sync_single_for_cpu() or dma_sync_single_for_device()
 *
 * Context: any.
 */
void memlane_dma_sync(const struct memlane_dma *dma, u64 offset, u64 bytes,
		      enum dma_data_direction direction,
		      memlane_dma_sync_fn *sync)
{
	unsigned int i = memlane_dma_find(dma, offset);

	while (bytes) {
		const struct memlane_dma_piece *piece = &dma->piece[i++];
		u64 skip = offset - piece->offset;
		u64 n = min(bytes, piece->bytes - skip);

		sync(dma->dev, piece->addr + skip, n, direction);
		offset += n;
		bytes -= n;
	}
}
