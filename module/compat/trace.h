/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * __assign_str() lost its second argument in 6.10 (2c92ca849fcc).
 */
#ifndef MEMLANE_COMPAT_TRACE_H
#define MEMLANE_COMPAT_TRACE_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define memlane_assign_str(dst, src)	__assign_str(dst)
#else
#define memlane_assign_str(dst, src)	__assign_str(dst, src)
#endif

#endif /* MEMLANE_COMPAT_TRACE_H */
