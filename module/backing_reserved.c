// SPDX-License-Identifier: GPL-2.0-only
/*
 * A physical range that the kernel does not use. Direct I/O pins pages, so the
 * range must have some. Outside System RAM (memmap=, mem=, a reserved-memory
 * node with no-map) they are made here, if the kernel has ZONE_DEVICE. In a
 * reserved-memory node without no-map they are there from boot on.
 *
 * The range's content is left alone: it is what a device or an earlier boot put
 * there.
 */
#include <linux/capability.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "compat/memremap.h"
#include "of.h"
#include "region.h"

/* Ranges with pages from boot on, of which nobody else keeps account. */
static struct resource claimed = {
	.name = "memlane",
	.end = -1,
	.flags = IORESOURCE_MEM,
};

/* What the device tree names is the platform's own choice. */
static int check_permission(struct memlane_spec *spec)
{
	if (spec->parent)
		return 0;
	if (!capable(CAP_SYS_RAWIO))
		return memlane_fail(spec, -EPERM,
				    "a physical range needs CAP_SYS_RAWIO");
	if (security_locked_down(LOCKDOWN_DEV_MEM))
		return memlane_fail(spec, -EPERM,
				    "the kernel is locked down");
	return 0;
}

static int fail_without_pages(struct memlane_spec *spec,
			      enum memlane_reservation reservation)
{
	if (reservation == MEMLANE_NO_MAP)
		return memlane_fail(spec, -EOPNOTSUPP,
				    "this kernel cannot make struct pages (no ZONE_DEVICE): take no-map out of the range's reserved-memory node");
	return memlane_fail(spec, -EOPNOTSUPP,
			    "this kernel cannot make struct pages (no ZONE_DEVICE): put the range into a reserved-memory node without no-map");
}

static int check_range(struct memlane_spec *spec,
		       enum memlane_reservation reservation)
{
	/* The kernel adds struct pages by this much, 2 MiB on x86. */
	u64 granule = memremap_compat_align();
	u64 last;

	if (!IS_ENABLED(CONFIG_ZONE_DEVICE))
		return fail_without_pages(spec, reservation);
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

/*
 * Large folios, as the start and the size allow, up to what one entry of a page
 * directory maps: of a small one without a file, the fast way to pin pages thinks
 * that it may be secret from 6.6 on, and takes the slow way (gup_fast_folio_allowed()
 * in mm/gup.c).
 */
static unsigned int range_order(u64 start, u64 size)
{
	return min_t(unsigned int, __ffs64(start | size) - PAGE_SHIFT,
		     MEMLANE_HUGE_ORDER);
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
	pgmap->vmemmap_shift = range_order(start, size);

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

static int enter_pages(struct memlane_region *region,
		       struct memlane_spec *spec)
{
	int err = memlane_pages_add(&region->pages,
				    pfn_to_page(PHYS_PFN(spec->phys_addr)),
				    region->nr_pages);

	if (err) {
		memlane_pages_free(&region->pages);
		memlane_fail(spec, err, "out of memory");
	}
	return err;
}

static bool has_reserved_pages(u64 start, u64 size)
{
	unsigned long pfn = PHYS_PFN(start);
	unsigned long end = pfn + (size >> PAGE_SHIFT);

	for (; pfn < end; pfn++) {
		if (!pfn_valid(pfn) || !PageReserved(pfn_to_page(pfn)))
			return false;
		if (!(pfn % 4096))
			cond_resched();
	}
	return true;
}

/* The device tree says that the range is reserved and has pages. */
static int use_boot_pages(struct memlane_region *region,
			  struct memlane_spec *spec)
{
	int err;

	if (!PAGE_ALIGNED(spec->phys_addr))
		return memlane_fail(spec, -EINVAL,
				    "the range begins at no multiple of %lu bytes",
				    PAGE_SIZE);
	if (!has_reserved_pages(spec->phys_addr, spec->size))
		return memlane_fail(spec, -EBUSY,
				    "the range must lie in RAM and be reserved at boot");
	if (!__request_region(&claimed, spec->phys_addr, spec->size, "memlane",
			      0))
		return memlane_fail(spec, -EBUSY,
				    "another region has the range, or part of it");
	err = enter_pages(region, spec);
	if (err)
		__release_region(&claimed, spec->phys_addr, spec->size);
	return err;
}

static int stop_walk(struct resource *res, void *arg)
{
	return 1;
}

/* A refusal does not tell whether the range is taken or memory ran out. */
static int claim_range(struct memlane_spec *spec)
{
	u64 last = spec->phys_addr + spec->size - 1;

	if (request_mem_region(spec->phys_addr, spec->size, "memlane"))
		return 0;
	if (walk_iomem_res_desc(IORES_DESC_NONE,
				IORESOURCE_MEM | IORESOURCE_BUSY,
				spec->phys_addr, last, NULL, stop_walk) == 1)
		return memlane_fail(spec, -EBUSY,
				    "another driver has claimed the range, or part of it");
	return memlane_fail(spec, -ENOMEM, "out of memory");
}

static int make_pages(struct memlane_region *region, struct memlane_spec *spec)
{
	int err = claim_range(spec);

	if (err)
		return err;

	region->pgmap = map_range(spec->phys_addr, spec->size);
	if (IS_ERR(region->pgmap)) {
		err = memlane_fail(spec, PTR_ERR(region->pgmap),
				   "the kernel made no struct pages for the range");
		goto release_range;
	}

	err = enter_pages(region, spec);
	if (err)
		goto unmap_range;
	return 0;

unmap_range:
	unmap_range(region->pgmap);
release_range:
	release_mem_region(spec->phys_addr, spec->size);
	return err;
}

static int reserved_create(struct memlane_region *region,
			   struct memlane_spec *spec)
{
	enum memlane_reservation reservation =
		memlane_of_reservation(spec->phys_addr, spec->size);
	int err = check_permission(spec);

	if (err)
		return err;
	if (reservation == MEMLANE_MAPPED)
		return use_boot_pages(region, spec);
	err = check_range(spec, reservation);
	if (!err)
		err = check_unused(spec);
	return err ?: make_pages(region, spec);
}

/*
 * The struct pages go away with the region, so nobody may hold one: not a
 * pipe, not a device that still reads it after its file was closed. With no
 * mapping left there is nobody to take a new reference, hence no race.
 */
static bool reserved_busy(const struct memlane_region *region)
{
	pgoff_t i = 0;

	while (i < region->nr_pages) {
		struct page *head = memlane_page(region, i);

		if (page_ref_count(head) != 1)
			return true;
		i += 1UL << compound_order(head);
		cond_resched();
	}
	return false;
}

static void reserved_destroy(struct memlane_region *region)
{
	phys_addr_t start = memlane_phys(region);

	memlane_pages_free(&region->pages);
	if (!region->pgmap) {
		__release_region(&claimed, start, region->size);
		return;
	}
	unmap_range(region->pgmap);
	release_mem_region(start, region->size);
}

const struct memlane_backing memlane_backing_reserved = {
	.kind = MEMLANE_KIND_RESERVED,
	.create = reserved_create,
	.busy = reserved_busy,
	.destroy = reserved_destroy,
};
