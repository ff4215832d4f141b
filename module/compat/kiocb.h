/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A write keeps the file system that the file's inode is in from being frozen
 * until it is complete, which may be in an interrupt. From 6.8 on (6ae654392bb5)
 * vfs_iocb_iter_write() sees to the beginning, whatever kind of file that is,
 * and to the end of a write that completes at once. Before that its caller did,
 * for regular files.
 *
 * It is the version that decides: that commit changed no header, and a stable
 * kernel can have kiocb_start_write() without it, as Debian's 6.1 has. A kernel
 * that carries the commit back needs a line here. tests/uapi/midway_test would
 * tell: a freeze waits for ever, whether there is one too many or one too few.
 */
#ifndef MEMLANE_COMPAT_KIOCB_H
#define MEMLANE_COMPAT_KIOCB_H

#include <linux/fs.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define MEMLANE_VFS_STARTS_WRITE	1
#else
#define MEMLANE_VFS_STARTS_WRITE	0
#endif

/* For the completion of a write that was queued (-EIOCBQUEUED). */
static inline void memlane_end_write(struct kiocb *iocb)
{
	struct inode *inode = file_inode(iocb->ki_filp);

	if (!MEMLANE_VFS_STARTS_WRITE && !S_ISREG(inode->i_mode))
		return;
	/* Lockdep was told that the submitter had let go, see below. */
	__sb_writers_acquired(inode->i_sb, SB_FREEZE_WRITE);
	sb_end_write(inode->i_sb);
}

static inline ssize_t memlane_write_iter(struct kiocb *iocb,
					 struct iov_iter *iter)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t ret;

	if (!MEMLANE_VFS_STARTS_WRITE && S_ISREG(inode->i_mode)) {
		sb_start_write(inode->i_sb);
		/* Another task may end it: for lockdep, it is let go here. */
		__sb_writers_release(inode->i_sb, SB_FREEZE_WRITE);
	}
	ret = vfs_iocb_iter_write(iocb->ki_filp, iocb, iter);
	if (!MEMLANE_VFS_STARTS_WRITE && ret != -EIOCBQUEUED)
		memlane_end_write(iocb);
	return ret;
}

#endif /* MEMLANE_COMPAT_KIOCB_H */
