/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree, where the kernel has one (as IS_ENABLED() in Kbuild).
 */
#ifndef MEMLANE_OF_H
#define MEMLANE_OF_H

#include <linux/kconfig.h>
#include <linux/types.h>

/**
 * enum memlane_reservation - a range and the tree's /reserved-memory
 * @MEMLANE_NOT_IN_TREE: no node covers it
 * @MEMLANE_NO_MAP: one does, and keeps the kernel from having pages for it
 * @MEMLANE_MAPPED: one does, and the kernel has pages for it
 */
enum memlane_reservation {
	MEMLANE_NOT_IN_TREE,
	MEMLANE_NO_MAP,
	MEMLANE_MAPPED,
};

#if IS_ENABLED(CONFIG_OF_RESERVED_MEM)

enum memlane_reservation memlane_of_reservation(u64 start, u64 size);
int memlane_of_init(void);
void memlane_of_exit(void);

#else

static inline enum memlane_reservation memlane_of_reservation(u64 start,
							      u64 size)
{
	return MEMLANE_NOT_IN_TREE;
}

static inline int memlane_of_init(void)
{
	return 0;
}

static inline void memlane_of_exit(void)
{
}

#endif

#endif /* MEMLANE_OF_H */
