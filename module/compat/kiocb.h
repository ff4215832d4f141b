/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A write to a regular file keeps the file system from being frozen until it
 * is complete, which may be in an interrupt. From 6.8 on (6ae654392bb5)
 * vfs_iocb_iter_write() sees to the beginning, and to the end of a write that
 * completes at once; before that its caller did. No header tells, so it is the
 * version that decides.
 */
#ifndef MEMLANE_COMPAT_KIOCB_H
#define MEMLANE_COMPAT_KIOCB_H

#include <linux/fs.h>
#include <linux/version.h>

/* For the completion of a write that was queued (-EIOCBQUEUED). */
static inline void memlane_end_write(struct kiocb *iocb)
{
	struct inode *inode = file_inode(iocb->ki_filp);

	if (!S_ISREG(inode->i_mode))
		return;
	/* Lockdep was told that the submitter had let go, see below. */
	__sb_writers_acquired(inode->i_sb, SB_FREEZE_WRITE);
	sb_end_write(inode->i_sb);
}

static inline ssize_t memlane_write_iter(struct kiocb *iocb,
					 struct iov_iter *iter)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return vfs_iocb_iter_write(iocb->ki_filp, iocb, iter);
#else
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t ret;

	if (S_ISREG(inode->i_mode)) {
		sb_start_write(inode->i_sb);
		/* Another task may end it: for lockdep, it is let go here. */
		__sb_writers_release(inode->i_sb, SB_FREEZE_WRITE);
	}
	ret = vfs_iocb_iter_write(iocb->ki_filp, iocb, iter);
	if (ret != -EIOCBQUEUED)
		memlane_end_write(iocb);
	return ret;
#endif
}

#endif /* MEMLANE_COMPAT_KIOCB_H */
