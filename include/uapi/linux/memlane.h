/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * memlane: regions of kernel- or device-owned memory as character devices.
 *
 * Everything here is an ioctl on an open /dev/memlane/NAME. What mmap(2),
 * read(2), write(2), lseek(2) and sendfile(2) can do has no ioctl.
 */
#ifndef _UAPI_LINUX_MEMLANE_H
#define _UAPI_LINUX_MEMLANE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: errors common to all ioctls
 *
 *  - ENOTTY: the ioctl number is unknown, or its size is not this header's.
 *  - EFAULT: the argument cannot be read, or the result cannot be stored.
 *  - EINVAL: an unknown flag, a reserved word that is not 0, or a range that
 *    overflows or lies outside the region.
 *
 * No struct here holds a pointer or a long, so 32-bit callers on a 64-bit
 * kernel need no translation. A struct never grows: new needs get a new ioctl.
 */

#define MEMLANE_IOC_MAGIC	0xda

/* Bytes of a region's name with its terminating NUL. */
#define MEMLANE_NAME_SIZE	32

/**
 * enum memlane_kind - where a region's pages come from
 * @MEMLANE_KIND_PAGES: the kernel's page allocator, zeroed at creation
 * @MEMLANE_KIND_RESERVED: a physical range outside System RAM, as found
 * @MEMLANE_KIND_CLIENT: the page allocator, for a device whose driver made the
 *	region and is its producer
 */
enum memlane_kind {
	MEMLANE_KIND_PAGES	= 0,
	MEMLANE_KIND_RESERVED	= 1,
	MEMLANE_KIND_CLIENT	= 2,
};

/**
 * struct memlane_info - what a region is
 * @flags: in: must be 0
 * @kind: out: an enum memlane_kind
 * @size: out: bytes, a multiple of @page_size, never changes
 * @phys_addr: out: physical address of the first byte; 0 for a caller without
 *	CAP_SYS_ADMIN, as in /proc/PID/pagemap
 * @segments: out: physically contiguous pieces; 1 means contiguous
 * @page_size: out: bytes of a page; mappings and region sizes are multiples
 * @name: out: NUL-terminated, as in /dev/memlane/NAME
 * @reserved: in: must be 0
 */
struct memlane_info {
	__u32 flags;
	__u32 kind;
	__aligned_u64 size;
	__aligned_u64 phys_addr;
	__aligned_u64 segments;
	__u32 page_size;
	__u8 name[MEMLANE_NAME_SIZE];
	__u32 reserved[5];
};
#define MEMLANE_IOC_INFO	_IOWR(MEMLANE_IOC_MAGIC, 0, struct memlane_info)

/* Limits of struct memlane_transfer, and what 0 selects. */
#define MEMLANE_IO_BYTES_MAX	(1U << 30)
#define MEMLANE_DEPTH_MAX	64U
#define MEMLANE_IO_BYTES_DEFAULT (4U << 20)
#define MEMLANE_DEPTH_DEFAULT	4U

/**
 * struct memlane_transfer - move bytes between the region and a file
 * @fd: the caller's open file: a regular file or a block device, opened with
 *	O_DIRECT and without O_APPEND; for writing with SAVE, for reading with
 *	LOAD
 * @flags: must be 0
 * @offset: first byte in the region
 * @length: bytes; 0 moves nothing and succeeds
 * @file_offset: first byte in the file; the file's own position is neither
 *	used nor moved
 * @io_bytes: bytes of one I/O, a multiple of the page size up to
 *	MEMLANE_IO_BYTES_MAX; 0 selects MEMLANE_IO_BYTES_DEFAULT
 * @depth: I/Os in flight, up to MEMLANE_DEPTH_MAX; 0 selects
 *	MEMLANE_DEPTH_DEFAULT
 * @done: out: bytes that arrived, counted from the start without a gap; set
 *	whatever the ioctl returns, EFAULT and ENOTTY apart
 * @reserved: must be 0
 *
 * @offset, @length and @file_offset are multiples of what the file demands of
 * direct I/O (often 512 or 4096 bytes; statx(2) STATX_DIOALIGN). The data is
 * not copied by the CPU: there is no fallback, only an error.
 *
 * The I/O runs with the caller's credentials and limits. Bytes behind @done
 * may have arrived as well, since I/Os finish in any order. A signal ends the
 * transfer between I/Os; I/Os in flight are waited for. SAVE does not sync.
 *
 * To stop the thread (SIGSTOP and other stop signals, a tracer, a cgroup's
 * freezer) is a signal in this sense, handler or not, and SA_RESTART changes
 * nothing: go on at @done. System suspend, completions of io_uring and signals
 * that another thread takes do not end a transfer.
 *
 * The flags of @fd count as they are when the call begins; fcntl(2) F_SETFL
 * meanwhile changes nothing.
 *
 * LOAD stops at the end of the file: it returns 0 and @done is short. If the
 * file's size is no multiple of its block, what follows the last byte in the
 * region, up to the block's end, is undefined.
 *
 * Errors, beside the common ones and those of write(2) or read(2):
 *  - EBADF: @fd is not an open file.
 *  - EINVAL: the file is neither regular nor a block device, is not open with
 *    O_DIRECT in the needed direction, is open with O_APPEND, or cannot do
 *    direct I/O; a value breaks its multiple or limit.
 *  - EINTR: a signal came; @done says how far it got.
 *  - EPERM, ETXTBSY: a block device is, or has become, read-only or swap space.
 *  - ENOSPC, EFBIG, EDQUOT, EIO...: from the file; @done says how far it got.
 */
struct memlane_transfer {
	__s32 fd;
	__u32 flags;
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 file_offset;
	__u32 io_bytes;
	__u32 depth;
	__aligned_u64 done;
	__aligned_u64 reserved[2];
};
/* Region to file. The node must be open for reading, else EBADF. */
#define MEMLANE_IOC_SAVE	_IOWR(MEMLANE_IOC_MAGIC, 1, struct memlane_transfer)
/* File to region. The node must be open for writing, else EBADF. */
#define MEMLANE_IOC_LOAD	_IOWR(MEMLANE_IOC_MAGIC, 2, struct memlane_transfer)

/*
 * A frame ring: a region with a slot size is cut into equal slots, the first at
 * offset 0. A producer fills a slot and commits it, a consumer gets frames in
 * order, each once, and releases their slots. What is in the consumer's hands
 * is never overwritten: when no slot is free a frame is dropped and counted.
 *
 * Of the ioctls below, on a region without slots: EOPNOTSUPP.
 */

/* Flag of a frame: the producer knows that something is wrong with it. */
#define MEMLANE_FRAME_ERROR	(1U << 0)
/* Flag of a frame: it begins with a stamp, as <memlane/frame_stamp.hpp> says. */
#define MEMLANE_FRAME_STAMPED	(1U << 1)
#define MEMLANE_FRAME_FLAGS	(MEMLANE_FRAME_ERROR | MEMLANE_FRAME_STAMPED)

/**
 * struct memlane_frame - a frame, or the slot for one
 * @flags: in COMMIT and out of NEXT: of MEMLANE_FRAME_FLAGS; else 0
 * @slot: its slot, which begins at this times the slot size
 * @length: bytes, up to the slot size
 * @dropped: out of NEXT: frames that were dropped between the one before and
 *	this; at most U32_MAX
 * @sequence: frames that were committed before this one
 * @timestamp: ns of CLOCK_MONOTONIC; in COMMIT, 0 stands for now
 * @reserved: must be 0
 */
struct memlane_frame {
	__u32 flags;
	__u32 slot;
	__u32 length;
	__u32 dropped;
	__aligned_u64 sequence;
	__aligned_u64 timestamp;
	__aligned_u64 reserved[2];
};
/*
 * One more slot to fill: out @slot. All else must be 0 in. The first file that
 * calls it is the producer until it is closed; its slots are free again then.
 * Open for writing, else EBADF.
 *
 *  - EBUSY: another file, or a driver, is the producer.
 *  - ENODEV: the driver that was the producer is gone.
 *  - ENOBUFS: the producer has all slots but one.
 *  - EAGAIN: no slot is free just now.
 */
#define MEMLANE_IOC_ACQUIRE	_IOWR(MEMLANE_IOC_MAGIC, 3, struct memlane_frame)
/*
 * The frame in @slot is complete: in @slot, @length, @flags, @timestamp; out
 * @slot to fill next, @sequence. Never waits. If the frame was dropped the slot
 * is the same.
 *
 *  - EINVAL: the slot is not the producer's, or shorter than @length.
 */
#define MEMLANE_IOC_COMMIT	_IOWR(MEMLANE_IOC_MAGIC, 4, struct memlane_frame)
/*
 * The frame that waits longest: out all. All must be 0 in. Waits for one unless
 * the file is open with O_NONBLOCK. The first file that calls it is the
 * consumer until it is closed; its slots are free again then. Open for reading,
 * else EBADF.
 *
 * poll(2): POLLIN when a frame waits, for the consumer or who may become it.
 * Of a producer's commits only one that makes a first frame wait wakes anybody,
 * so take frames until EAGAIN. SIGIO (fcntl(2) F_SETOWN, F_SETSIG, O_ASYNC)
 * comes with it.
 *
 * When the driver behind the region is gone, the frames that still wait are
 * handed out; then poll tells POLLHUP.
 *
 *  - EAGAIN: none waits, and the file is open with O_NONBLOCK.
 *  - EBUSY: another file is the consumer.
 *  - EINTR: a signal came.
 *  - ENODEV: none waits and none will, since the driver is gone.
 */
#define MEMLANE_IOC_NEXT	_IOWR(MEMLANE_IOC_MAGIC, 5, struct memlane_frame)
/*
 * The consumer is done with a frame: in @slot, all else 0.
 *
 *  - EINVAL: the slot is not the consumer's.
 */
#define MEMLANE_IOC_RELEASE	_IOW(MEMLANE_IOC_MAGIC, 6, struct memlane_frame)

/* What becomes of a frame when no slot is free. */
enum memlane_policy {
	MEMLANE_POLICY_DROP_NEWEST	= 0,
	MEMLANE_POLICY_DROP_OLDEST	= 1,
};

/**
 * struct memlane_ring_status - what a frame ring has done
 * @flags: in: must be 0
 * @policy: an enum memlane_policy
 * @slots: in the region
 * @slot_size: bytes of each
 * @committed: frames so far; at all times @delivered + @dropped + @waiting
 * @delivered: frames handed to a consumer
 * @dropped: frames lost
 * @waiting: frames that wait for the consumer
 * @filling: slots in the producer's hands
 * @held: slots in the consumer's hands
 * @reserved: must be 0
 *
 * For whoever has the node open; observers need not be the consumer.
 */
struct memlane_ring_status {
	__u32 flags;
	__u32 policy;
	__aligned_u64 slots;
	__aligned_u64 slot_size;
	__aligned_u64 committed;
	__aligned_u64 delivered;
	__aligned_u64 dropped;
	__u32 waiting;
	__u32 filling;
	__u32 held;
	__u32 reserved[3];
};
#define MEMLANE_IOC_RING_STATUS	\
	_IOWR(MEMLANE_IOC_MAGIC, 7, struct memlane_ring_status)

/* Frames that one NEXT_MANY gives at most. */
#define MEMLANE_FRAMES_MAX	1024U

/**
 * struct memlane_frames - room for several frames
 * @flags: must be 0
 * @count: in: frames that there is room for, 1 to MEMLANE_FRAMES_MAX; out:
 *	frames that came
 * @frames: address of that many struct memlane_frame, which are written only
 * @reserved: must be 0
 */
struct memlane_frames {
	__u32 flags;
	__u32 count;
	__aligned_u64 frames;
	__aligned_u64 reserved[2];
};
/*
 * As NEXT, for all frames that wait or as many as there is room for: one call a
 * batch. Waits for the first one only.
 */
#define MEMLANE_IOC_NEXT_MANY	_IOWR(MEMLANE_IOC_MAGIC, 8, struct memlane_frames)

/**
 * struct memlane_slot_run - neighbouring slots
 * @flags: must be 0
 * @first: the first one
 * @count: how many, at least 1
 * @reserved: must be 0
 */
struct memlane_slot_run {
	__u32 flags;
	__u32 first;
	__u32 count;
	__u32 reserved;
};
/*
 * As RELEASE, for neighbours: all or none.
 *
 *  - EINVAL: one of the slots is not the consumer's.
 */
#define MEMLANE_IOC_RELEASE_RUN	_IOW(MEMLANE_IOC_MAGIC, 9, struct memlane_slot_run)

/**
 * struct memlane_ring_policy - which frame shall be lost
 * @flags: must be 0
 * @policy: an enum memlane_policy
 * @reserved: must be 0
 */
struct memlane_ring_policy {
	__u32 flags;
	__u32 policy;
	__aligned_u64 reserved[2];
};
/*
 * What becomes of frames while this file is the consumer, which it becomes as
 * by NEXT; afterwards the region's own policy holds again.
 *
 *  - EBUSY: another file is the consumer.
 */
#define MEMLANE_IOC_POLICY	_IOW(MEMLANE_IOC_MAGIC, 10, struct memlane_ring_policy)

/* Whose turn it is, see MEMLANE_IOC_SYNC. */
enum memlane_owner {
	MEMLANE_OWNER_CPU	= 0,
	MEMLANE_OWNER_DEVICE	= 1,
};

/* Who writes, see MEMLANE_IOC_SYNC; the numbers are those of the kernel. */
enum memlane_direction {
	MEMLANE_BIDIRECTIONAL	= 0,
	MEMLANE_TO_DEVICE	= 1,
	MEMLANE_FROM_DEVICE	= 2,
};

/**
 * struct memlane_sync - hand a range to the CPU, or to a device
 * @flags: must be 0
 * @owner: an enum memlane_owner: who gets it
 * @direction: an enum memlane_direction: from where to where data moves
 * @reserved1: must be 0
 * @offset: first byte in the region
 * @length: bytes; 0 does nothing and succeeds
 * @reserved: must be 0
 */
struct memlane_sync {
	__u32 flags;
	__u32 owner;
	__u32 direction;
	__u32 reserved1;
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 reserved[2];
};
/*
 * What the CPU's caches need around a device's access to memory that no driver
 * of its own looks after: a range is given to the device before it works there,
 * and to the CPU before programs look at what it wrote. Where caches are
 * coherent (sysfs attribute coherent) there is nothing to do. Whole cache lines
 * are handed over, so what the CPU and the device use must not share one.
 *
 * The node must be open for writing, since what others wrote and is still in the
 * caches may be thrown away; else EBADF.
 *
 *  - EINVAL: no such owner or direction, or a range that is not in the region.
 */
#define MEMLANE_IOC_SYNC	_IOW(MEMLANE_IOC_MAGIC, 11, struct memlane_sync)

#endif /* _UAPI_LINUX_MEMLANE_H */
