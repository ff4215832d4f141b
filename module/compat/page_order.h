/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The largest order that alloc_pages() serves. MAX_ORDER was one above it up
 * to 6.3, then the order itself (23baf831a32c), and MAX_PAGE_ORDER from 6.8 on
 * (5e0a760b4441).
 */
#ifndef MEMLANE_COMPAT_PAGE_ORDER_H
#define MEMLANE_COMPAT_PAGE_ORDER_H

#include <linux/mmzone.h>

#ifdef MAX_PAGE_ORDER
#define MEMLANE_TOP_ORDER	MAX_PAGE_ORDER
#elif defined(MEMLANE_HAVE_EXCLUSIVE_MAX_ORDER)
#define MEMLANE_TOP_ORDER	(MAX_ORDER - 1)
#else
#define MEMLANE_TOP_ORDER	MAX_ORDER
#endif

#endif /* MEMLANE_COMPAT_PAGE_ORDER_H */
