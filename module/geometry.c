// SPDX-License-Identifier: GPL-2.0-only
/*
 * A picture's measures: how they are written, and what they come to in bytes.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "region.h"
#include "screen.h"

/* Rows do not share a cache line with their neighbours. */
#define ROW_ALIGN	64U

static const struct {
	const char *name;
	unsigned int bits;
} formats[] = {
	[MEMLANE_FORMAT_XRGB8888] = { "xrgb8888", 32 },
	[MEMLANE_FORMAT_RGB565] = { "rgb565", 16 },
	[MEMLANE_FORMAT_RGB888] = { "rgb888", 24 },
	[MEMLANE_FORMAT_GRAY8] = { "gray8", 8 },
};

const char *memlane_format_name(enum memlane_format format)
{
	return formats[format].name;
}

unsigned int memlane_format_bits(enum memlane_format format)
{
	return formats[format].bits;
}

/**
 * memlane_format_of_bits() - the format whose pixels have so many bits
 * @bits: bits of a pixel
 *
 * Return: an enum memlane_format, or -EINVAL.
 */
int memlane_format_of_bits(unsigned int bits)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (formats[i].bits == bits)
			return i;
	}
	return -EINVAL;
}

/**
 * memlane_parse_format() - read a format's name
 * @text: the name, then at most a line end
 * @format: takes it
 *
 * Return: 0, or -EINVAL.
 */
int memlane_parse_format(const char *text, enum memlane_format *format)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (sysfs_streq(text, formats[i].name)) {
			*format = i;
			return 0;
		}
	}
	return -EINVAL;
}

/**
 * memlane_parse_geometry() - read WIDTHxHEIGHT
 * @text: two decimal numbers with an x between, then at most a line end
 * @width: takes the first
 * @height: takes the second
 *
 * Return: 0; -EINVAL if it is anything else or a side is out of bounds.
 */
int memlane_parse_geometry(const char *text, u32 *width, u32 *height)
{
	const char *cross = strchr(text, 'x');
	char digits[8];
	u32 w, h;

	if (!cross || cross - text >= sizeof(digits))
		return -EINVAL;
	strscpy(digits, text, cross - text + 1);
	if (kstrtou32(digits, 10, &w) || kstrtou32(cross + 1, 10, &h))
		return -EINVAL;
	if (w < MEMLANE_SIDE_MIN || w > MEMLANE_SIDE_MAX ||
	    h < MEMLANE_SIDE_MIN || h > MEMLANE_SIDE_MAX)
		return -EINVAL;
	*width = w;
	*height = h;
	return 0;
}

/**
 * memlane_stride() - bytes from one row to the next
 * @width: pixels of a row, up to MEMLANE_SIDE_MAX
 * @bits: of a pixel
 * @height: rows of a page, not 0
 * @rows: rows of all pages
 *
 * With more than one page, each begins at a multiple of 4 KiB: it can then be
 * mapped and, with O_DIRECT, saved for itself.
 *
 * Return: the stride.
 */
u32 memlane_stride(u32 width, unsigned int bits, u32 height, u32 rows)
{
	u32 align = ROW_ALIGN;

	if (rows / 2 >= height)
		align = max(align, (u32)SZ_4K >>
				   min(ilog2(SZ_4K), (int)__ffs(height)));
	return round_up(width * (bits / 8), align);
}

/**
 * memlane_check_geometry() - whether a region can be the picture it shall be
 * @spec: what it shall be; a size of 0 becomes what the picture takes
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP where the kernel has no framebuffers.
 */
int memlane_check_geometry(struct memlane_spec *spec)
{
	const struct memlane_geometry *geo = &spec->geometry;
	u64 rows = (u64)geo->height * geo->pages;
	u64 bytes;

	if (!geo->width)
		return 0;
	if (!MEMLANE_HAS_FB)
		return memlane_fail(spec, -EOPNOTSUPP,
				    "this kernel has no framebuffers (CONFIG_FB, FB_SYS_*)");
	if (!geo->pages || !geo->refresh || geo->refresh > MEMLANE_REFRESH_MAX)
		return memlane_fail(spec, -EINVAL,
				    "%u pages at %u refreshes a second are out of bounds",
				    geo->pages, geo->refresh);
	if (rows > MEMLANE_SIDE_MAX)
		return memlane_fail(spec, -EINVAL,
				    "%u pages of %u rows are more than %u rows",
				    geo->pages, geo->height, MEMLANE_SIDE_MAX);

	bytes = rows * memlane_stride(geo->width,
				      memlane_format_bits(geo->format),
				      geo->height, rows);
	if (bytes > U32_MAX)
		return memlane_fail(spec, -EINVAL,
				    "the picture takes %llu bytes, a framebuffer has less than 4 GiB",
				    bytes);
	if (!spec->size)
		spec->size = PAGE_ALIGN(bytes);
	if (bytes > spec->size)
		return memlane_fail(spec, -EINVAL,
				    "the picture takes %llu bytes, the region has %llu",
				    bytes, spec->size);
	return 0;
}
