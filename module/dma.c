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

static unsigned int count_pieces(const struct memlane_pages *pages,
				 size_t most)
{
	unsigned int i, nr = 0;

	for (i = 0; i < pages->nr; i++)
		nr += DIV_ROUND_UP(pages->bvec[i].bv_len, most);
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

static int map_bvec(struct memlane_dma *dma, const struct bio_vec *bv,
		    u64 offset, size_t most)
{
	size_t done, bytes;
	int err = 0;

	for (done = 0; !err && done < bv->bv_len; done += bytes) {
		bytes = min_t(size_t, most, bv->bv_len - done);
		err = map_piece(dma,
				nth_page(bv->bv_page, done >> PAGE_SHIFT),
				offset + done, bytes);
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
	unsigned int i;
	int err = 0;

	dma->piece = kvmalloc_array(count_pieces(pages, most),
				    sizeof(*dma->piece), GFP_KERNEL);
	if (!dma->piece)
		return -ENOMEM;
	for (i = 0; !err && i < pages->nr; i++) {
		err = map_bvec(dma, &pages->bvec[i],
			       (u64)pages->first[i] << PAGE_SHIFT, most);
		cond_resched();
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
