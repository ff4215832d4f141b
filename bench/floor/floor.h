/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs ask of bench/floor. Not an interface to build on: program and
 * module are always of one tree.
 */
#ifndef MEMLANE_BENCH_FLOOR_H
#define MEMLANE_BENCH_FLOOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MEMLANE_FLOOR_NODE "memlane_floor"

/**
 * struct memlane_floor_job - bytes to be written to a disk as bare requests
 * @fd: the disk, open for writing; its content is lost from sector 0 on
 * @depth: requests in flight, 1 to 64
 * @io_bytes: bytes of one, whole pages, at most 64 MiB
 * @bytes: in all, whole pages
 */
struct memlane_floor_job {
	__s32 fd;
	__u32 depth;
	__u64 io_bytes;
	__u64 bytes;
};

/*
 * Returns 0, or EBADF, EINVAL (a number out of bounds), ENOTBLK, ENOMEM, EINTR,
 * or what the disk says.
 */
#define MEMLANE_FLOOR_IOC_RUN _IOW('f', 0x01, struct memlane_floor_job)

#endif
