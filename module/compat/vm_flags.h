/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vm_flags became read-only, behind vm_flags_mod(), in 6.3 (bc292ab00f6c), and
 * some distributions carry that in older kernels.
 */
#ifndef MEMLANE_COMPAT_VM_FLAGS_H
#define MEMLANE_COMPAT_VM_FLAGS_H

#include <linux/mm.h>

static inline void memlane_vm_flags_mod(struct vm_area_struct *vma,
					unsigned long set, unsigned long clear)
{
#ifdef MEMLANE_HAVE_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

#endif /* MEMLANE_COMPAT_VM_FLAGS_H */
