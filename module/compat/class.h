/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * class_create() lost its first argument in 6.4 (1aaba11da9aa), and devnode()
 * got a const device in 6.2 (ff62b8e6588f).
 */
#ifndef MEMLANE_COMPAT_CLASS_H
#define MEMLANE_COMPAT_CLASS_H

#include <linux/device.h>

#ifdef MEMLANE_HAVE_CLASS_CREATE_NAME
#define memlane_class_create(name)	class_create(name)
#else
#define memlane_class_create(name)	class_create(THIS_MODULE, name)
#endif

#ifdef MEMLANE_HAVE_CONST_DEVNODE
#define MEMLANE_DEVNODE_CONST		const
#else
#define MEMLANE_DEVNODE_CONST
#endif

#endif /* MEMLANE_COMPAT_CLASS_H */
