// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file behind a region's node. The node itself is on a file system of
 * somebody else's, and has no size; from 6.12 on the kernel maps a folio whole
 * only where it lies within the file (finish_fault() in mm/memory.c).
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "region.h"

#define MEMLANE_FS_MAGIC	0x6d6d6c6e	/* "mmln" */

static struct vfsmount *memlane_mount;

static int init_fs_context(struct fs_context *context)
{
	return init_pseudo(context, MEMLANE_FS_MAGIC) ? 0 : -ENOMEM;
}

/* No owner: it is mounted as long as the module is there, and must not hold it. */
static struct file_system_type memlane_fs = {
	.name = "memlane",
	.init_fs_context = init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * memlane_inode_init() - before any region
 *
 * Return: 0 or what mounting returned.
 */
int memlane_inode_init(void)
{
	memlane_mount = kern_mount(&memlane_fs);
	return PTR_ERR_OR_ZERO(memlane_mount);
}

/**
 * memlane_inode_exit() - after all regions
 */
void memlane_inode_exit(void)
{
	kern_unmount(memlane_mount);
}

/**
 * memlane_inode_create() - make a region's file
 * @size: of the region, in bytes
 *
 * Return: an inode, to be given back by iput(); or an ERR_PTR.
 */
struct inode *memlane_inode_create(u64 size)
{
	struct inode *inode = alloc_anon_inode(memlane_mount->mnt_sb);

	if (!IS_ERR(inode))
		i_size_write(inode, size);
	return inode;
}
