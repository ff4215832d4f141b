/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver behind a region. What other drivers see of it is memlane.h.
 */
#ifndef MEMLANE_CLIENT_H
#define MEMLANE_CLIENT_H

#include <linux/types.h>

#include "dma.h"
#include "region.h"

/**
 * struct memlane_client - a driver that has a region
 * @region: the region
 * @file: its entry as the ring's producer
 * @dma: the region as it is mapped for its device, which fills the slots
 *
 * Constant from creation to removal, but for the ring behind @region.
 */
struct memlane_client {
	struct memlane_region *region;
	struct memlane_file file;
	struct memlane_dma dma;
};

#endif /* MEMLANE_CLIENT_H */
