/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What edu_capture's sensor sees: frame N is an array of 64-bit words in the
 * CPU's byte order, and the word at byte OFFSET is edu_pattern(N, OFFSET). N is
 * the frame's sequence number. No word comes twice in 2^32 frames of up to 4 GiB.
 */
#ifndef EDU_CAPTURE_PATTERN_H
#define EDU_CAPTURE_PATTERN_H

#include <linux/types.h>

static inline __u64 edu_pattern(__u64 frame, __u64 offset)
{
	return ((frame << 32) ^ offset) * 0x9e3779b97f4a7c15ULL;
}

#endif /* EDU_CAPTURE_PATTERN_H */
