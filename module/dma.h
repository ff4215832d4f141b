/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region as a device sees it.
 */
#ifndef MEMLANE_DMA_H
#define MEMLANE_DMA_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct memlane_pages;

/**
 * struct memlane_dma_piece - a piece of the region as the device sees it
 * @offset: of its first byte in the region
 * @bytes: how many there are
 * @addr: where the device finds the first
 */
struct memlane_dma_piece {
	u64 offset;
	u64 bytes;
	dma_addr_t addr;
};

/**
 * struct memlane_dma - a streaming mapping of all of a region
 * @dev: for which device
 * @piece: the pieces, in order of offset
 * @nr: how many
 * @direction: for which the memory is mapped
 * @need_sync: the CPU does not see by itself what the device writes
 *
 * Constant while it is mapped.
 */
struct memlane_dma {
	struct device *dev;
	struct memlane_dma_piece *piece;
	unsigned int nr;
	enum dma_data_direction direction;
	bool need_sync;
};

/* dma_sync_single_for_cpu() or dma_sync_single_for_device() */
typedef void memlane_dma_sync_fn(struct device *dev, dma_addr_t addr,
				 size_t bytes, enum dma_data_direction dir);

int memlane_dma_map(struct memlane_dma *dma, const struct memlane_pages *pages);
void memlane_dma_unmap(struct memlane_dma *dma);
unsigned int memlane_dma_find(const struct memlane_dma *dma, u64 offset);
void memlane_dma_sync(const struct memlane_dma *dma, u64 offset, u64 bytes,
		      enum dma_data_direction direction,
		      memlane_dma_sync_fn *sync);

#endif /* MEMLANE_DMA_H */
