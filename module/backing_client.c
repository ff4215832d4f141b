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

static int client_create(struct memlane_region *region,
			 struct memlane_spec *spec)
{
	struct memlane_client *client = region->client;
	int err;

	err = take_pages(region, spec, client->dma.dev);
	if (err)
		return err;
	err = memlane_dma_map(&client->dma, &region->pages);
	if (err) {
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
		memlane_dma_unmap(&region->client->dma);
	memlane_free_pages(region);
}

const struct memlane_backing memlane_backing_client = {
	.kind = MEMLANE_KIND_CLIENT,
	.create = client_create,
	.busy = client_busy,
	.destroy = client_destroy,
};
