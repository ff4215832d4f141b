// SPDX-License-Identifier: GPL-2.0-only
/*
 * A physical range outside System RAM (memmap=, mem=, a reserved-memory node),
 * given struct pages so that direct I/O can pin it. Its content is left alone:
 * it is what a device or an earlier boot put there.
 */
#include <linux/capability.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "region.h"

/* The kernel adds struct pages by this much, 2 MiB on x86. */
static u64 range_granule(void)
{
	return IS_ENABLED(CONFIG_ZONE_DEVICE) ? memremap_compat_align() :
						PAGE_SIZE;
}

static int check_permission(struct memlane_spec *spec)
{
	if (!capable(CAP_SYS_RAWIO))
		return memlane_fail(spec, -EPERM,
				    "a physical range needs CAP_SYS_RAWIO");
	if (security_locked_down(LOCKDOWN_DEV_MEM))
		return memlane_fail(spec, -EPERM,
				    "the kernel is locked down");
	return 0;
}

static int check_range(struct memlane_spec *spec)
{
	u64 granule = range_granule();
	u64 last;

	if (!IS_ENABLED(CONFIG_ZONE_DEVICE))
		return memlane_fail(spec, -EOPNOTSUPP,
				    "this kernel has no ZONE_DEVICE");
	if (!IS_ALIGNED(spec->phys_addr | spec->size, granule))
		return memlane_fail(spec, -EINVAL,
				    "start and size of a physical range must be multiples of %llu KiB here",
				    granule >> 10);
	if (check_add_overflow(spec->phys_addr, spec->size - 1, &last) ||
	    last > iomem_resource.end)
		return memlane_fail(spec, -EINVAL,
				    "the range ends beyond what this machine can address");
	return 0;
}

/* What memremap_pages() would take badly (it warns) is found out before. */
static int check_unused(struct memlane_spec *spec)
{
	unsigned long pfns[] = {
		PHYS_PFN(spec->phys_addr),
		PHYS_PFN(spec->phys_addr + spec->size - 1),
	};
	size_t i;

	if (region_intersects(spec->phys_addr, spec->size,
			      IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return memlane_fail(spec, -EBUSY,
				    "the range overlaps System RAM: reserve it at boot");

	for (i = 0; i < ARRAY_SIZE(pfns); i++) {
		struct dev_pagemap *other = get_dev_pagemap(pfns[i], NULL);

		if (!other)
			continue;
		put_dev_pagemap(other);
		return memlane_fail(spec, -EBUSY,
				    "another driver has struct pages for the range");
	}
	return 0;
}

static struct dev_pagemap *map_range(u64 start, u64 size)
{
	struct dev_pagemap *pgmap = kzalloc(sizeof(*pgmap), GFP_KERNEL);
	void *addr;

	if (!pgmap)
		return ERR_PTR(-ENOMEM);
	pgmap->type = MEMORY_DEVICE_GENERIC;
	pgmap->range.start = start;
	pgmap->range.end = start + size - 1;
	pgmap->nr_range = 1;

	addr = memremap_pages(pgmap, NUMA_NO_NODE);
	if (IS_ERR(addr)) {
		kfree(pgmap);
		return ERR_CAST(addr);
	}
	return pgmap;
}

static void unmap_range(struct dev_pagemap *pgmap)
{
	memunmap_pages(pgmap);
	kfree(pgmap);
}

static int reserved_create(struct memlane_region *region,
			   struct memlane_spec *spec)
{
	int err;

	err = check_permission(spec);
	if (!err)
		err = check_range(spec);
	if (!err)
		err = check_unused(spec);
	if (err)
		return err;

	if (!request_mem_region(spec->phys_addr, spec->size, "memlane"))
		return memlane_fail(spec, -EBUSY,
				    "another driver has claimed the range, or part of it");

	region->pgmap = map_range(spec->phys_addr, spec->size);
	if (IS_ERR(region->pgmap)) {
		err = memlane_fail(spec, PTR_ERR(region->pgmap),
				   "the kernel made no struct pages for the range");
		goto release_range;
	}

	err = memlane_pages_add(&region->pages,
				pfn_to_page(PHYS_PFN(spec->phys_addr)),
				region->nr_pages);
	if (err) {
		memlane_fail(spec, err, "out of memory");
		goto unmap_range;
	}
	return 0;

unmap_range:
	unmap_range(region->pgmap);
	memlane_pages_free(&region->pages);
release_range:
	release_mem_region(spec->phys_addr, spec->size);
	return err;
}

/*
 * The struct pages go away with the region, so nobody may hold one: not a
 * pipe, not a device that still reads it after its file was closed. With no
 * mapping left there is nobody to take a new reference, hence no race.
 */
static bool reserved_busy(const struct memlane_region *region)
{
	pgoff_t i;

	for (i = 0; i < region->nr_pages; i++) {
		if (page_ref_count(memlane_page(region, i)) != 1)
			return true;
		if (!(i % 4096))
			cond_resched();
	}
	return false;
}

static void reserved_destroy(struct memlane_region *region)
{
	phys_addr_t start = memlane_phys(region);

	memlane_pages_free(&region->pages);
	unmap_range(region->pgmap);
	release_mem_region(start, region->size);
}

const struct memlane_backing memlane_backing_reserved = {
	.kind = MEMLANE_KIND_RESERVED,
	.create = reserved_create,
	.busy = reserved_busy,
	.destroy = reserved_destroy,
};
