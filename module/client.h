/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver behind a region. What other drivers see of it is memlane.h.
 */
#ifndef MEMLANE_CLIENT_H
#define MEMLANE_CLIENT_H

#include <linux/types.h>

#include "region.h"

struct device;

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
 * struct memlane_client - a driver that has a region
 * @dev: its device, which fills the slots
 * @region: the region
 * @file: its entry as the ring's producer
 * @piece: the region as it is mapped for @dev, in order of offset
 * @nr: how many pieces are mapped
 * @need_sync: the CPU does not see by itself what the device writes
 *
 * Constant from creation to removal, but for the ring behind @region.
 */
struct memlane_client {
	struct device *dev;
	struct memlane_region *region;
	struct memlane_file file;
	struct memlane_dma_piece *piece;
	unsigned int nr;
	bool need_sync;
};

/* backing_client.c */
unsigned int memlane_client_find(const struct memlane_client *client,
				 u64 offset);
void memlane_client_unmap(struct memlane_client *client);

#endif /* MEMLANE_CLIENT_H */
