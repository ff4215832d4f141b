// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of a region's memory: one bio_vec a contiguous piece, so that I/O
 * costs per piece and not per page.
 */
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "region.h"

/* A bio_vec counts bytes in 32 bits; a power of two keeps pieces aligned. */
#define PIECE_MAX	((unsigned int)SZ_1G)

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

static bool follows(const struct bio_vec *bv, struct page *page)
{
	return page_to_pfn(bv->bv_page) + (bv->bv_len >> PAGE_SHIFT) ==
	       page_to_pfn(page);
}

static pgoff_t total(const struct memlane_pages *pages)
{
	unsigned int last = pages->nr - 1;

	if (!pages->nr)
		return 0;
	return pages->first[last] + (pages->bvec[last].bv_len >> PAGE_SHIFT);
}

/**
 * memlane_pages_add() - append contiguous pages to the table
 * @pages: the table
 * @page: the first page; the table takes over no reference
 * @nr: how many pages
 *
 * Pages that continue the last piece are merged into it.
 *
 * Return: 0, or -ENOMEM with nothing of @page entered.
 */
int memlane_pages_add(struct memlane_pages *pages, struct page *page,
		      unsigned long nr)
{
	struct bio_vec *last = pages->nr ? &pages->bvec[pages->nr - 1] : NULL;
	unsigned int old_nr = pages->nr;
	unsigned int old_len = last ? last->bv_len : 0;

	while (nr) {
		unsigned int room = PIECE_MAX;
		unsigned long n;

		last = pages->nr ? &pages->bvec[pages->nr - 1] : NULL;
		if (last && last->bv_len < PIECE_MAX && follows(last, page)) {
			room -= last->bv_len;
		} else {
			if (pages->nr == pages->room && grow(pages))
				goto undo;
			pages->first[pages->nr] = total(pages);
			last = &pages->bvec[pages->nr++];
			*last = (struct bio_vec){ .bv_page = page };
		}
		n = min_t(unsigned long, nr, room >> PAGE_SHIFT);
		last->bv_len += n << PAGE_SHIFT;
		page += n;
		nr -= n;
	}
	return 0;

undo:
	pages->nr = old_nr;
	if (old_nr)
		pages->bvec[old_nr - 1].bv_len = old_len;
	return -ENOMEM;
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
	unsigned int low = 0, high = pages->nr - 1;

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

/**
 * memlane_pages_runs() - count the physically contiguous runs
 * @pages: the table
 *
 * Return: 1 or more; fewer than the pieces where one run needed several.
 */
u64 memlane_pages_runs(const struct memlane_pages *pages)
{
	unsigned int i;
	u64 runs = 1;

	for (i = 1; i < pages->nr; i++)
		runs += !follows(&pages->bvec[i - 1], pages->bvec[i].bv_page);
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
