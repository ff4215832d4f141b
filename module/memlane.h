/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For drivers of devices that fill memory: a region whose frames the driver
 * commits from its interrupt, and programs map, wait for and save to disk.
 *
 *	probe:		memlane_client_create(), memlane_client_acquire(),
 *			the device gets memlane_client_dma() of the slot
 *	interrupt:	memlane_client_commit(), the device gets the next slot
 *	remove:		stop the device, memlane_client_remove()
 *
 * samples/edu_capture is a whole driver that does so.
 */
#ifndef MEMLANE_H
#define MEMLANE_H

#include <linux/memlane.h>
#include <linux/types.h>

struct device;
struct memlane_client;
struct page;

/**
 * struct memlane_client_spec - the region that a driver wants
 * @name: as in /dev/memlane/NAME: letters, digits, '.', '_' and '-'
 * @slot_size: bytes of a slot, a multiple of the page size
 * @slots: how many, 2 to 1048576
 * @policy: which frame is lost when no slot is free
 * @contiguous: all of it is one physical piece, for a device that cannot
 *	gather; harder to get
 */
struct memlane_client_spec {
	const char *name;
	u32 slot_size;
	u32 slots;
	enum memlane_policy policy;
	bool contiguous;
};

struct memlane_client *
memlane_client_create(struct device *dev,
		      const struct memlane_client_spec *spec);
void memlane_client_remove(struct memlane_client *client);

int memlane_client_acquire(struct memlane_client *client, u32 *slot);
int memlane_client_commit(struct memlane_client *client,
			  struct memlane_frame *frame);

dma_addr_t memlane_client_dma(const struct memlane_client *client, u64 offset,
			      u64 *bytes);
struct page *memlane_client_page(const struct memlane_client *client,
				 u64 offset);

#endif /* MEMLANE_H */
