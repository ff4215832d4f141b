// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of a region's memory: one bio_vec a folio, so that I/O costs per
 * folio and not per page.
 *
 * No piece goes beyond its folio. A driver that sends or copies what a bio_vec
 * describes takes a reference of its first page, and keeps with it that folio
 * and no other; and hardened usercopy stops the kernel where a copy runs from
 * one large folio into the next (check_heap_object() in mm/usercopy.c).
 */
#include <linux/log2.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "region.h"

/* A bio_vec counts bytes in 32 bits. */
#define PIECE_PAGES	((unsigned long)SZ_1G >> PAGE_SHIFT)

static int grow(struct memlane_pages *pages)
{
	unsigned int room = max(16U, pages->room * 2);
	struct bio_vec *bvec;
	pgoff_t *first;

	bvec = kvmalloc_array(room, sizeof(*bvec), GFP_KERNEL);
	first = kvmalloc_array(room, sizeof(*first), GFP_KERNEL);
	if (!bvec || !first) {
		kvfree(bvec);
		kvfree(first);
		return -ENOMEM;
	}

	if (pages->nr) {
		memcpy(bvec, pages->bvec, pages->nr * sizeof(*bvec));
		memcpy(first, pages->first, pages->nr * sizeof(*first));
	}
	kvfree(pages->bvec);
	kvfree(pages->first);
	pages->bvec = bvec;
	pages->first = first;
	pages->room = room;
	return 0;
}

/*
 * How many pages from @page on may be one piece. Pages of the boot are no
 * folios, but nobody ever frees them; copies from them are not checked.
 */
static unsigned long piece_pages(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (PageReserved(page) && !is_zone_device_page(page))
		return PIECE_PAGES;
	return folio_nr_pages(folio) - folio_page_idx(folio, page);
}

/* The leading pieces of one size are found without a search. */
static void count_even(struct memlane_pages *pages, unsigned long nr)
{
	if (!pages->nr && is_power_of_2(nr))
		pages->order = ilog2(nr);
	if (pages->nr == pages->even && nr == 1UL << pages->order)
		pages->even++;
}

static int add_piece(struct memlane_pages *pages, struct page *page,
		     unsigned long nr)
{
	if (pages->nr == pages->room && grow(pages))
		return -ENOMEM;
	count_even(pages, nr);
	pages->first[pages->nr] = pages->total;
	pages->bvec[pages->nr] = (struct bio_vec){
		.bv_page = page,
		.bv_len = nr << PAGE_SHIFT,
	};
	pages->total += nr;
	pages->nr++;
	return 0;
}

/**
 * memlane_pages_add() - append contiguous pages to the table
 * @pages: the table
 * @page: the first page; the table takes over no reference
 * @nr: how many pages
 *
 * Pages of one folio become one piece.
 *
 * Return: 0; or -ENOMEM, with those entered that are in whole folios before the
 *	one for which there was no room.
 */
int memlane_pages_add(struct memlane_pages *pages, struct page *page,
		      unsigned long nr)
{
	while (nr) {
		unsigned long n = min(nr, piece_pages(page));
		int err = add_piece(pages, page, n);

		if (err)
			return err;
		page = nth_page(page, n);
		nr -= n;
	}
	return 0;
}

/**
 * memlane_pages_free() - free the table, not the pages
 * @pages: the table; empty afterwards
 */
void memlane_pages_free(struct memlane_pages *pages)
{
	kvfree(pages->bvec);
	kvfree(pages->first);
	*pages = (struct memlane_pages){};
}

/**
 * memlane_pages_find() - the piece that holds a page
 * @pages: the table
 * @index: the page's index in the region, inside it
 *
 * Return: an index into @pages->bvec.
 */
unsigned int memlane_pages_find(const struct memlane_pages *pages,
				pgoff_t index)
{
	unsigned int low = pages->even, high = pages->nr - 1;

	if (index >> pages->order < low)
		return index >> pages->order;
	while (low < high) {
		unsigned int mid = high - (high - low) / 2;

		if (pages->first[mid] <= index)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

/**
 * memlane_page() - a page of a region
 * @region: the region
 * @index: index of the page, inside the region
 *
 * Return: the page, with no reference taken.
 */
struct page *memlane_page(const struct memlane_region *region, pgoff_t index)
{
	const struct memlane_pages *pages = &region->pages;
	unsigned int i = memlane_pages_find(pages, index);

	return nth_page(pages->bvec[i].bv_page, index - pages->first[i]);
}

/**
 * memlane_phys() - where a region begins
 * @region: the region
 *
 * Return: the physical address of the first byte.
 */
phys_addr_t memlane_phys(const struct memlane_region *region)
{
	return PFN_PHYS(page_to_pfn(region->pages.bvec[0].bv_page));
}

static bool follows(const struct bio_vec *bv, struct page *page)
{
	return page_to_pfn(bv->bv_page) + (bv->bv_len >> PAGE_SHIFT) ==
	       page_to_pfn(page);
}

/**
 * memlane_pages_run() - pieces that are physically one
 * @pages: the table
 * @first: index of the piece with which the run begins
 * @bytes: takes how long the run is
 *
 * Return: index of the piece behind the run, which is there or not.
 */
unsigned int memlane_pages_run(const struct memlane_pages *pages,
			       unsigned int first, u64 *bytes)
{
	unsigned int i = first;

	*bytes = 0;
	do {
		*bytes += pages->bvec[i++].bv_len;
	} while (i < pages->nr &&
		 follows(&pages->bvec[i - 1], pages->bvec[i].bv_page));
	return i;
}

/**
 * memlane_pages_runs() - count the physically contiguous runs
 * @pages: the table
 *
 * Return: 1 or more; fewer than the pieces where folios are neighbours.
 */
u64 memlane_pages_runs(const struct memlane_pages *pages)
{
	unsigned int i = 0;
	u64 runs = 0, bytes;

	while (i < pages->nr) {
		i = memlane_pages_run(pages, i, &bytes);
		runs++;
	}
	return runs;
}

/**
 * memlane_enter_folios() - tell folios their place, for mappings
 * @region: the region, its pages entered
 *
 * The kernel maps a folio of PMD_SIZE with one entry where its first page is at
 * a multiple of that in the file. It takes the driver's word for it that the
 * address of a page tells which page of the folio it is.
 *
 * Return: true if there are such folios, and all are at such a place.
 */
bool memlane_enter_folios(const struct memlane_region *region)
{
	bool found = false, misplaced = false;
	pgoff_t i = 0;

	while (i < region->nr_pages) {
		struct folio *folio = page_folio(memlane_page(region, i));
		pgoff_t nr = folio_nr_pages(folio);

		folio->index = i;
		found |= nr == MEMLANE_HUGE_PAGES;
		misplaced |= nr == MEMLANE_HUGE_PAGES && !IS_ALIGNED(i, nr);
		i += nr;
		cond_resched();
	}
	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && found && !misplaced;
}
