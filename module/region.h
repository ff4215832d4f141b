/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region: a named, fixed-size, page-aligned range of memory behind a
 * character device. This header is the module's own; user space has
 * <linux/memlane.h>.
 */
#ifndef MEMLANE_REGION_H
#define MEMLANE_REGION_H

#include <linux/atomic.h>
#include <linux/bvec.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/memremap.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/memlane.h>

#include "dma.h"
#include "ring.h"
#include "screen.h"

/* A folio that one entry of a mapping's page tables can stand for, at the most. */
#define MEMLANE_HUGE_ORDER	((unsigned int)(PMD_SHIFT - PAGE_SHIFT))
#define MEMLANE_HUGE_PAGES	(PMD_SIZE >> PAGE_SHIFT)

struct iov_iter;
struct memlane_client;
struct memlane_region;
struct memlane_screen;
struct vm_area_struct;

#define MEMLANE_WHY_SIZE	160

/**
 * struct memlane_spec - what somebody asks a region to be
 * @name: legal characters are letters, digits, '.', '_' and '-'
 * @size: bytes; 0: what the picture takes, if it is one
 * @phys_addr: first byte of the range, if @has_phys
 * @has_phys: the region is a physical range rather than allocated pages
 * @contiguous: allocated pages must be physically contiguous
 * @geometry: makes it a framebuffer
 * @slot_size: makes it a frame ring of slots of so many bytes
 * @policy: which frame is lost when no slot is free
 * @client: the driver whose device fills the slots, if there is one
 * @parent: the device tree's device that stands for it, if there is one
 * @why: after a failure, one line that says what was wrong
 */
struct memlane_spec {
	char name[MEMLANE_NAME_SIZE];
	u64 size;
	u64 phys_addr;
	bool has_phys;
	bool contiguous;
	struct memlane_geometry geometry;
	u32 slot_size;
	enum memlane_drop_policy policy;
	struct memlane_client *client;
	struct device *parent;
	char why[MEMLANE_WHY_SIZE];
};

/**
 * struct memlane_pages - the memory itself, as a table for I/O
 * @bvec: pieces in order of offset, each within a folio, or of pages that are
 *	never freed
 * @first: index of each piece's first page in the region
 * @nr: entries used in both arrays
 * @room: entries allocated in both arrays
 * @total: pages in all pieces
 * @even: so many pieces from the first on have the same size
 * @order: logarithm of that in pages
 *
 * Written while the region is created and constant from then on: readers take
 * no lock.
 */
struct memlane_pages {
	struct bio_vec *bvec;
	pgoff_t *first;
	unsigned int nr;
	unsigned int room;
	pgoff_t total;
	unsigned int even;
	unsigned int order;
};

/**
 * struct memlane_backing - where a region's pages come from
 * @kind: as shown to user space
 * @create: fill region->pages; on failure leave nothing behind and say why
 * @busy: whether somebody outside holds a page in a way that forbids @destroy
 * @destroy: give everything back that @create took
 */
struct memlane_backing {
	enum memlane_kind kind;
	int (*create)(struct memlane_region *region, struct memlane_spec *spec);
	bool (*busy)(const struct memlane_region *region);
	void (*destroy)(struct memlane_region *region);
};

/**
 * struct memlane_stats - counters of one transfer direction
 * @calls: transfers begun
 * @bytes: bytes that arrived
 * @errors: transfers that returned an error
 */
struct memlane_stats {
	atomic64_t calls;
	atomic64_t bytes;
	atomic64_t errors;
};

enum memlane_life {
	MEMLANE_MAKING,	/* seen already, perhaps */
	MEMLANE_ALIVE,
	MEMLANE_DEAD,	/* is being removed, or could not be made */
};

/**
 * struct memlane_region - a region
 * @dev: holds the reference count; the struct is freed on the last put
 * @cdev: the node; an open file holds it, and through it @dev
 * @inode: what an open node maps and has the size of
 * @node: entry in the registry, guarded by the registry's lock
 * @name: as in /dev/memlane/NAME
 * @size: bytes
 * @nr_pages: the same in pages
 * @nr_runs: physically contiguous runs
 * @huge: folios of PMD_SIZE are in it, each at a multiple of that
 * @backing: where the pages come from
 * @pages: the pages
 * @pgmap: struct pages of a reserved range, owned by its backing
 * @dma: for SYNC; no device where the caches keep in step by themselves, or a
 *	driver sees to it
 * @client: the driver behind it, until that is gone; written while nobody
 *	sees the region
 * @lock: guards @users, @life and @orphan
 * @users: open files; a mapping or a transfer holds its file
 * @life: whether new users are let in; who opens the node while it is being
 *	made waits
 * @orphan: its maker is gone: the last user frees the memory
 * @ring: its frames, or NULL; constant while it is published
 * @screen: its life as a framebuffer, or NULL; constant while it is published
 * @saved: SAVE counters
 * @loaded: LOAD counters
 */
struct memlane_region {
	struct device dev;
	struct cdev cdev;
	struct inode *inode;
	struct list_head node;
	char name[MEMLANE_NAME_SIZE];
	u64 size;
	pgoff_t nr_pages;
	u64 nr_runs;
	bool huge;
	const struct memlane_backing *backing;
	struct memlane_pages pages;
	struct dev_pagemap *pgmap;
	struct memlane_dma dma;
	struct memlane_client *client;
	struct mutex lock; /* users, life and orphan */
	unsigned int users;
	enum memlane_life life;
	bool orphan;
	struct memlane_ring *ring;
	struct memlane_screen *screen;
	struct memlane_stats saved;
	struct memlane_stats loaded;
};

/**
 * struct memlane_file - an open node
 * @region: the memory, which it uses
 */
struct memlane_file {
	struct memlane_region *region;
};

static inline struct memlane_region *memlane_region_of(const struct file *file)
{
	return ((struct memlane_file *)file->private_data)->region;
}

/* region.c */
int memlane_region_init(void);
void memlane_region_exit(void);
struct memlane_region *memlane_region_create(struct memlane_spec *spec);
int memlane_region_destroy(struct memlane_region *region);
void memlane_region_destroy_waiting(struct memlane_region *region);
void memlane_region_hide(struct memlane_region *region);
void memlane_region_abandon(struct memlane_region *region);
int memlane_region_settle(struct memlane_region *region);
int memlane_region_get(struct memlane_region *region);
void memlane_region_put(struct memlane_region *region);
int memlane_check_name(const char *name);
__printf(3, 4)
int memlane_fail(struct memlane_spec *spec, int err, const char *fmt, ...);

/* pages.c */
int memlane_pages_add(struct memlane_pages *pages, struct page *page,
		      unsigned long nr);
void memlane_pages_free(struct memlane_pages *pages);
unsigned int memlane_pages_find(const struct memlane_pages *pages,
				pgoff_t index);
struct page *memlane_page(const struct memlane_region *region, pgoff_t index);
phys_addr_t memlane_phys(const struct memlane_region *region);
bool memlane_enter_folios(const struct memlane_region *region);
unsigned int memlane_pages_run(const struct memlane_pages *pages,
			       unsigned int first, u64 *bytes);
u64 memlane_pages_runs(const struct memlane_pages *pages);

/* backing_*.c */
extern const struct memlane_backing memlane_backing_pages;
extern const struct memlane_backing memlane_backing_reserved;
extern const struct memlane_backing memlane_backing_client;
int memlane_alloc_pages(struct memlane_region *region,
			struct memlane_spec *spec, gfp_t zone, u64 last);
void memlane_free_pages(struct memlane_region *region);

/* sysfs.c */
extern const struct attribute_group *memlane_region_groups[];

/* inode.c */
int memlane_inode_init(void);
void memlane_inode_exit(void);
struct inode *memlane_inode_create(u64 size);

/* chrdev.c, mmap.c, splice.c */
struct pipe_inode_info;
extern const struct file_operations memlane_fops;
ssize_t memlane_region_read(struct memlane_region *region, loff_t *ppos,
			    struct iov_iter *to);
ssize_t memlane_region_write(struct memlane_region *region, loff_t *ppos,
			     struct iov_iter *from);
int memlane_region_mmap(struct memlane_region *region,
			struct vm_area_struct *vma);
ssize_t memlane_splice_read(struct file *file, loff_t *ppos,
			    struct pipe_inode_info *pipe, size_t len,
			    unsigned int flags);

/* transfer.c */
long memlane_ioctl_transfer(struct file *file, unsigned int cmd,
			    struct memlane_transfer __user *arg);

/* sync.c */
int memlane_sync_create(struct memlane_region *region,
			struct memlane_spec *spec);
void memlane_sync_free(struct memlane_region *region);
long memlane_ioctl_sync(struct file *file, struct memlane_sync __user *arg);

/* parse.c */
extern const char * const memlane_policy_names[MEMLANE_DROP_POLICIES];
int memlane_parse_policy(const char *text, enum memlane_drop_policy *policy);
int memlane_parse_bytes(const char *text, u64 *bytes);

/* configfs.c, params.c */
int memlane_configfs_init(void);
void memlane_configfs_exit(void);
int memlane_params_create(void);
void memlane_params_destroy(void);

#endif /* MEMLANE_REGION_H */
