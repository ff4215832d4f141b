// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages from the kernel's allocator, zeroed.
 *
 * Blocks are taken as large as they come and entered in order of address: a
 * region made on a machine with free memory is often one run. Tail pages of a
 * plain high-order block have no reference count and cannot be mapped; blocks
 * are therefore compound, and stay whole: whoever holds one of their pages holds
 * the block.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat/page_order.h"
#include "region.h"

/* Fail rather than wake the OOM killer: the caller can ask for less. */
#define BLOCK_GFP	(GFP_USER | __GFP_ZERO | __GFP_NOWARN | __GFP_COMP)

/* A block larger than an entry of a mapping would not be mapped by one. */
#define BLOCK_ORDER	min_t(unsigned int, MEMLANE_TOP_ORDER, MEMLANE_HUGE_ORDER)

struct block {
	struct page *page;
	unsigned int order;
};

/*
 * Blocks that were allocated and belong to no region yet. @gfp says how more
 * are taken, and @last is the highest address that will do.
 */
struct block_list {
	struct block *block;
	size_t nr;
	size_t room;
	gfp_t gfp;
	u64 last;
};

static void free_block(struct block *block)
{
	__free_pages(block->page, block->order);
}

static void free_blocks(struct block_list *list)
{
	while (list->nr)
		free_block(&list->block[--list->nr]);
	kvfree(list->block);
	list->block = NULL;
	list->room = 0;
}

static int push_block(struct block_list *list, struct page *page,
		      unsigned int order)
{
	if (list->nr == list->room) {
		size_t room = max_t(size_t, 64, list->room * 2);
		struct block *block;

		block = kvmalloc_array(room, sizeof(*block), GFP_KERNEL);
		if (!block)
			return -ENOMEM;
		if (list->nr)
			memcpy(block, list->block, list->nr * sizeof(*block));
		kvfree(list->block);
		list->block = block;
		list->room = room;
	}
	list->block[list->nr++] = (struct block){ page, order };
	return 0;
}

/* Zones are coarse: from one that goes too far, on to the lowest there is. */
static struct page *alloc_block(struct block_list *list, unsigned int order)
{
	gfp_t how = order ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL;
	struct page *page = alloc_pages(list->gfp | how, order);

	if (!page ||
	    PFN_PHYS(page_to_pfn(page)) + (PAGE_SIZE << order) - 1 <= list->last)
		return page;
	__free_pages(page, order);
	if (!IS_ENABLED(CONFIG_ZONE_DMA) || list->gfp & __GFP_DMA)
		return NULL;
	list->gfp = (list->gfp & ~GFP_ZONEMASK) | __GFP_DMA;
	return alloc_block(list, order);
}

/* One more block of at most *order; *order falls to what could be had. */
static int take_block(struct block_list *list, unsigned int *order)
{
	struct page *page;
	int err;

	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();

	for (;;) {
		page = alloc_block(list, *order);
		if (page)
			break;
		if (!*order)
			return -ENOMEM;
		--*order;
	}

	err = push_block(list, page, *order);
	if (err)
		__free_pages(page, *order);
	return err;
}

/* Huge blocks first, so that each is at a multiple of its size in the region. */
static int by_address(const void *a, const void *b)
{
	const struct block *left = a, *right = b;
	bool left_huge = left->order == MEMLANE_HUGE_ORDER;
	bool right_huge = right->order == MEMLANE_HUGE_ORDER;
	unsigned long left_pfn = page_to_pfn(left->page);
	unsigned long right_pfn = page_to_pfn(right->page);

	if (left_huge != right_huge)
		return left_huge ? -1 : 1;
	return left_pfn < right_pfn ? -1 : left_pfn > right_pfn;
}

static void sort_blocks(struct block_list *list)
{
	sort(list->block, list->nr, sizeof(*list->block), by_address, NULL);
}

static int take_any(struct block_list *list, unsigned long nr_pages)
{
	unsigned int order = BLOCK_ORDER;

	while (nr_pages) {
		int err;

		order = min_t(unsigned int, order, ilog2(nr_pages));
		err = take_block(list, &order);
		if (err)
			return err;
		nr_pages -= 1UL << order;
	}
	return 0;
}

/* The first of @nr blocks of @order in a row, or list->nr. */
static size_t find_run(const struct block_list *list, size_t nr,
		       unsigned int order)
{
	size_t i, run = 0;

	for (i = 0; i < list->nr; i++) {
		if (run && page_to_pfn(list->block[i].page) ==
			   page_to_pfn(list->block[i - 1].page) + (1UL << order))
			run++;
		else
			run = 1;
		if (run == nr)
			return i + 1 - nr;
	}
	return list->nr;
}

/* Keep @nr blocks from @start, free the others. */
static void keep_run(struct block_list *list, size_t start, size_t nr)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		if (i < start || i >= start + nr)
			free_block(&list->block[i]);
	}
	memmove(list->block, list->block + start, nr * sizeof(*list->block));
	list->nr = nr;
}

/*
 * The allocator has no blocks above its top order (4 MiB on most machines).
 * On a machine with free memory, though, the blocks that it hands out are
 * neighbours: take blocks until enough of them stand in a row. Of the last one
 * a part may be left over.
 */
static int take_contiguous(struct block_list *list, unsigned long nr_pages)
{
	unsigned int order = min_t(unsigned int, BLOCK_ORDER,
				   order_base_2(nr_pages));
	size_t nr = DIV_ROUND_UP(nr_pages, 1UL << order);
	size_t limit = (si_mem_available() >> order) * 3 / 4;
	size_t want = nr, start;

	for (;;) {
		unsigned int got = order;
		int err = 0;

		while (!err && list->nr < want && got == order)
			err = take_block(list, &got);
		if (err == -EINTR)
			return err;
		if (!err && got != order)	/* a smaller block is no use */
			free_block(&list->block[--list->nr]);

		sort_blocks(list);
		start = find_run(list, nr, order);
		if (start < list->nr)
			break;
		if (err || got != order || list->nr >= limit)
			return -ENOMEM;
		want += max_t(size_t, 1, nr / 4);
	}

	keep_run(list, start, nr);
	return 0;
}

/**
 * memlane_free_pages() - give back what memlane_alloc_pages() took
 * @region: the region
 *
 * A piece is a block; whoever still holds a page of it keeps it alive.
 */
void memlane_free_pages(struct memlane_region *region)
{
	struct memlane_pages *pages = &region->pages;
	unsigned int i;

	for (i = 0; i < pages->nr; i++) {
		put_page(pages->bvec[i].bv_page);
		cond_resched();
	}
	memlane_pages_free(pages);
}

static int enter_blocks(struct memlane_region *region,
			const struct block_list *list)
{
	unsigned long left = region->nr_pages;
	int err = 0;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		unsigned long nr = min(left, 1UL << list->block[i].order);

		if (!err)
			err = memlane_pages_add(&region->pages,
						list->block[i].page, nr);
		if (err)
			put_page(list->block[i].page);
		left -= nr;
	}
	if (err)
		memlane_free_pages(region);
	return err;
}

/**
 * memlane_alloc_pages() - fill a region's table with fresh pages
 * @region: the region, its table empty
 * @spec: what it shall be; takes the reason of a failure
 * @zone: from which zone, as __GFP_HIGHMEM or 0
 * @last: highest physical address that will do
 *
 * Return: 0, -ENOMEM or -EINTR.
 */
int memlane_alloc_pages(struct memlane_region *region,
			struct memlane_spec *spec, gfp_t zone, u64 last)
{
	struct block_list list = { .gfp = BLOCK_GFP | zone, .last = last };
	int err;

	if (region->nr_pages > (unsigned long)si_mem_available())
		return memlane_fail(spec, -ENOMEM,
				    "%llu MiB asked for, %lu MiB available",
				    spec->size >> 20,
				    si_mem_available() >> (20 - PAGE_SHIFT));

	if (spec->contiguous)
		err = take_contiguous(&list, region->nr_pages);
	else
		err = take_any(&list, region->nr_pages);
	if (err) {
		free_blocks(&list);
		return memlane_fail(spec, err, err == -EINTR ? "interrupted" :
				    spec->contiguous ?
				    "no contiguous run of this size is free" :
				    "the kernel has no more free pages");
	}

	sort_blocks(&list);
	err = enter_blocks(region, &list);
	kvfree(list.block);
	if (err)
		return memlane_fail(spec, err, "out of memory");
	return 0;
}

static int pages_create(struct memlane_region *region,
			struct memlane_spec *spec)
{
	return memlane_alloc_pages(region, spec, __GFP_HIGHMEM, U64_MAX);
}

static bool pages_busy(const struct memlane_region *region)
{
	return false;
}

const struct memlane_backing memlane_backing_pages = {
	.kind = MEMLANE_KIND_PAGES,
	.create = pages_create,
	.busy = pages_busy,
	.destroy = memlane_free_pages,
};
