/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Without ZONE_DEVICE the kernel declares most of <linux/memremap.h>, but not
 * these two, which are not reached then.
 */
#ifndef MEMLANE_COMPAT_MEMREMAP_H
#define MEMLANE_COMPAT_MEMREMAP_H

#include <linux/err.h>
#include <linux/memremap.h>

#ifndef CONFIG_ZONE_DEVICE
static inline void *memremap_pages(struct dev_pagemap *pgmap, int nid)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline void memunmap_pages(struct dev_pagemap *pgmap)
{
}
#endif

#endif /* MEMLANE_COMPAT_MEMREMAP_H */
