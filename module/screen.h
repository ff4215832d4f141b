/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region that is a picture: its geometry, and its life as /dev/fbN.
 */
#ifndef MEMLANE_SCREEN_H
#define MEMLANE_SCREEN_H

#include <linux/errno.h>
#include <linux/types.h>

struct memlane_region;
struct memlane_spec;

/* Rows of a picture and of all pages together; keeps products in 64 bits. */
#define MEMLANE_SIDE_MAX	65535U
/* What fbdev's drawing functions and its mode changes take for granted. */
#define MEMLANE_SIDE_MIN	8U
#define MEMLANE_REFRESH_MAX	1000U

/**
 * enum memlane_format - how a pixel is stored, a number in the CPU's byte order
 * @MEMLANE_FORMAT_XRGB8888: 32 bits: 8 unused, red, green, blue
 * @MEMLANE_FORMAT_RGB565: 16 bits: 5 of red, 6 of green, 5 of blue
 * @MEMLANE_FORMAT_RGB888: 24 bits: red, green, blue, packed
 * @MEMLANE_FORMAT_GRAY8: 8 bits, an index into 256 grays
 * @MEMLANE_FORMATS: how many there are
 */
enum memlane_format {
	MEMLANE_FORMAT_XRGB8888,
	MEMLANE_FORMAT_RGB565,
	MEMLANE_FORMAT_RGB888,
	MEMLANE_FORMAT_GRAY8,
	MEMLANE_FORMATS,
};

/**
 * struct memlane_geometry - a picture in memory
 * @width: pixels; 0: there is no geometry
 * @height: rows
 * @pages: pictures one behind the other, to flip between
 * @refresh: pictures a second
 * @format: of a pixel
 */
struct memlane_geometry {
	u32 width;
	u32 height;
	u32 pages;
	u32 refresh;
	enum memlane_format format;
};

/* geometry.c */
const char *memlane_format_name(enum memlane_format format);
unsigned int memlane_format_bits(enum memlane_format format);
int memlane_format_of_bits(unsigned int bits);
int memlane_parse_geometry(const char *text, u32 *width, u32 *height);
int memlane_parse_format(const char *text, enum memlane_format *format);
u32 memlane_stride(u32 width, unsigned int bits, u32 height, u32 rows);
int memlane_check_geometry(struct memlane_spec *spec);

#if IS_ENABLED(CONFIG_FB) && IS_ENABLED(CONFIG_FB_SYS_FILLRECT) && \
	IS_ENABLED(CONFIG_FB_SYS_COPYAREA) && IS_ENABLED(CONFIG_FB_SYS_IMAGEBLIT)
#define MEMLANE_HAS_FB	1

/* screen.c: only for regions that have a screen, the first one apart. */
int memlane_screen_create(struct memlane_region *region,
			  struct memlane_spec *spec);
int memlane_screen_publish(struct memlane_region *region);
void memlane_screen_unpublish(struct memlane_region *region);
void memlane_screen_free(struct memlane_region *region);
void memlane_screen_touch(struct memlane_region *region);
void memlane_screen_map(struct memlane_region *region);
void memlane_screen_unmap(struct memlane_region *region);

extern const struct attribute_group memlane_screen_group;
#else
#define MEMLANE_HAS_FB	0

static inline int memlane_screen_create(struct memlane_region *region,
					struct memlane_spec *spec)
{
	return 0;
}

static inline int memlane_screen_publish(struct memlane_region *region)
{
	return 0;
}

static inline void memlane_screen_unpublish(struct memlane_region *region) {}
static inline void memlane_screen_free(struct memlane_region *region) {}
static inline void memlane_screen_touch(struct memlane_region *region) {}
static inline void memlane_screen_map(struct memlane_region *region) {}
static inline void memlane_screen_unmap(struct memlane_region *region) {}
#endif

#endif /* MEMLANE_SCREEN_H */
