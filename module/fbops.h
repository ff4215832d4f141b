/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What screen.c and fbops.c share.
 */
#ifndef MEMLANE_FBOPS_H
#define MEMLANE_FBOPS_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "screen.h"

struct fb_cmap;
struct fb_info;
struct kernfs_node;

/* Entries of a colour map, and how many of them the console uses. */
#define MEMLANE_COLOURS		256
#define MEMLANE_CONSOLE_COLOURS	16

/**
 * struct memlane_screen - a region's screen; lies in its fb_info
 * @info: fbdev's part; its var and fix say what is shown. Written under its
 *	own lock by fbdev; read without one by sysfs, a word at a time.
 * @region: the memory
 * @notify: the count of frames in sysfs, to wake who polls it
 * @refresh: refreshes a second; constant
 * @epoch: when the first refresh began; constant
 * @lock: guards @touched, @counted, @frames, @flips, @flipped and @offset; never
 *	held while sleeping
 * @touched: memory was written since the frame that was counted last
 * @counted: when the refresh began in which that was
 * @frames: frames so far
 * @flips: of those, the ones by FBIOPAN_DISPLAY or a change of mode
 * @flipped: when the last of them was
 * @offset: first byte of what it shows
 * @maps: mappings that may be written through
 * @blank: the level that FBIOBLANK asked for; 0: something is shown
 * @gone: fbdev has let go of @info
 * @colours: what the console's colours are as pixels
 */
struct memlane_screen {
	struct fb_info *info;
	struct memlane_region *region;
	struct kernfs_node *notify;
	u32 refresh;
	ktime_t epoch;
	spinlock_t lock; /* touched, counted, frames, flips, flipped, offset */
	bool touched;
	ktime_t counted;
	u64 frames;
	u64 flips;
	ktime_t flipped;
	u32 offset;
	atomic_t maps;
	int blank;
	struct completion gone;
	u32 colours[MEMLANE_CONSOLE_COLOURS];
};

/* screen.c */
void memlane_screen_renew(struct memlane_screen *screen);
void memlane_screen_flip(struct memlane_screen *screen, u32 offset);
int memlane_screen_wait(struct memlane_screen *screen);

/* fbops.c */
void memlane_fb_init(struct memlane_screen *screen,
		     const struct memlane_geometry *geo);
void memlane_fb_grays(struct fb_cmap *cmap);

#endif /* MEMLANE_FBOPS_H */
