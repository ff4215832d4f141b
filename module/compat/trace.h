/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * __assign_str() lost its second argument in 6.10 (2c92ca849fcc).
 */
#ifndef MEMLANE_COMPAT_TRACE_H
#define MEMLANE_COMPAT_TRACE_H

#ifdef MEMLANE_HAVE_ASSIGN_STR_SOURCE
#define memlane_assign_str(dst, src)	__assign_str(dst, src)
#else
#define memlane_assign_str(dst, src)	__assign_str(dst)
#endif

#endif /* MEMLANE_COMPAT_TRACE_H */
