// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fbdev calls on a screen.
 *
 * fbdev holds info->lock around open, release and the ioctls; the console, its
 * own lock around what draws, which may be called with interrupts off.
 */
#include <linux/fb.h>
#include <linux/fs.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "fbops.h"
#include "region.h"

/* What a pixel is made of, by format. */
static const struct {
	struct fb_bitfield red, green, blue;
	u32 visual;
} layouts[] = {
	[MEMLANE_FORMAT_XRGB8888] = {
		{ 16, 8, 0 }, { 8, 8, 0 }, { 0, 8, 0 }, FB_VISUAL_TRUECOLOR
	},
	[MEMLANE_FORMAT_RGB565] = {
		{ 11, 5, 0 }, { 5, 6, 0 }, { 0, 5, 0 }, FB_VISUAL_TRUECOLOR
	},
	[MEMLANE_FORMAT_RGB888] = {
		{ 16, 8, 0 }, { 8, 8, 0 }, { 0, 8, 0 }, FB_VISUAL_TRUECOLOR
	},
	[MEMLANE_FORMAT_GRAY8] = {
		{ 0, 8, 0 }, { 0, 8, 0 }, { 0, 8, 0 }, FB_VISUAL_PSEUDOCOLOR
	},
};

static u32 stride_of(const struct fb_var_screeninfo *var)
{
	return memlane_stride(var->xres_virtual, var->bits_per_pixel, var->yres,
			      var->yres_virtual);
}

/* No beam needs time to return, so the timings are the picture's size. */
static void set_timings(struct fb_var_screeninfo *var, u32 refresh)
{
	u64 pixels = (u64)var->xres * var->yres * refresh;
	u64 picoseconds = div64_u64(1000ULL * NSEC_PER_SEC, pixels);

	var->pixclock = min_t(u64, picoseconds, U32_MAX);
	var->left_margin = 0;
	var->right_margin = 0;
	var->upper_margin = 0;
	var->lower_margin = 0;
	var->hsync_len = 0;
	var->vsync_len = 0;
	var->sync = 0;
	var->vmode = FB_VMODE_NONINTERLACED;
}

static void set_format(struct fb_var_screeninfo *var, int format)
{
	var->bits_per_pixel = memlane_format_bits(format);
	var->grayscale = format == MEMLANE_FORMAT_GRAY8;
	var->red = layouts[format].red;
	var->green = layouts[format].green;
	var->blue = layouts[format].blue;
	var->transp = (struct fb_bitfield){};
	var->nonstd = 0;
	var->rotate = FB_ROTATE_UR;
	var->colorspace = 0;
	memset(var->reserved, 0, sizeof(var->reserved));
}

static int memlane_fb_check_var(struct fb_var_screeninfo *var,
				struct fb_info *info)
{
	const struct memlane_screen *screen = info->par;
	int format = memlane_format_of_bits(var->bits_per_pixel);

	if (format < 0 || var->grayscale > 1)
		return -EINVAL;
	var->xres_virtual = max(var->xres_virtual, var->xres);
	var->yres_virtual = max(var->yres_virtual, var->yres);
	if (var->xres < MEMLANE_SIDE_MIN || var->yres < MEMLANE_SIDE_MIN ||
	    var->xres_virtual > MEMLANE_SIDE_MAX ||
	    var->yres_virtual > MEMLANE_SIDE_MAX)
		return -EINVAL;
	if ((u64)stride_of(var) * var->yres_virtual > info->fix.smem_len)
		return -EINVAL;
	if (var->xoffset > var->xres_virtual - var->xres ||
	    var->yoffset > var->yres_virtual - var->yres)
		return -EINVAL;

	set_format(var, format);
	set_timings(var, screen->refresh);
	return 0;
}

static int memlane_fb_set_par(struct fb_info *info)
{
	int format = memlane_format_of_bits(info->var.bits_per_pixel);

	info->fix.line_length = stride_of(&info->var);
	info->fix.visual = layouts[format].visual;
	return 0;
}

static u32 to_field(unsigned int level, const struct fb_bitfield *field)
{
	return level >> (16 - field->length) << field->offset;
}

/*
 * fbdev keeps the map itself, for who asks; a true-colour console wants its
 * colours as pixels.
 */
static int memlane_fb_setcmap(struct fb_cmap *cmap, struct fb_info *info)
{
	const struct fb_var_screeninfo *var = &info->var;
	struct memlane_screen *screen = info->par;
	u32 i;

	if (cmap->start > MEMLANE_COLOURS ||
	    cmap->len > MEMLANE_COLOURS - cmap->start)
		return -EINVAL;
	for (i = 0; i < cmap->len; i++) {
		if (cmap->start + i >= MEMLANE_CONSOLE_COLOURS)
			break;
		screen->colours[cmap->start + i] =
			to_field(cmap->red[i], &var->red) |
			to_field(cmap->green[i], &var->green) |
			to_field(cmap->blue[i], &var->blue);
	}
	/* Without a byte written, this is another picture. */
	memlane_screen_touch(screen->region);
	return 0;
}

static int memlane_fb_blank(int level, struct fb_info *info)
{
	struct memlane_screen *screen = info->par;

	if (level < FB_BLANK_UNBLANK || level > FB_BLANK_POWERDOWN)
		return -EINVAL;
	if (level == screen->blank)
		return 0;
	WRITE_ONCE(screen->blank, level);
	memlane_screen_renew(screen);
	return 0;
}

/* fbdev has checked the offsets and stores them when this succeeds. */
static int memlane_fb_pan(struct fb_var_screeninfo *var, struct fb_info *info)
{
	memlane_screen_flip(info->par,
			    var->yoffset * info->fix.line_length +
			    var->xoffset * info->var.bits_per_pixel / 8);
	return 0;
}

static int memlane_fb_ioctl(struct fb_info *info, unsigned int cmd,
			    unsigned long arg)
{
	u32 crtc;

	if (cmd != FBIO_WAITFORVSYNC)
		return -ENOTTY;
	if (get_user(crtc, (u32 __user *)arg))
		return -EFAULT;
	return crtc ? -EINVAL : memlane_screen_wait(info->par);
}

/* The console, which is no user, lets go when the screen is unpublished. */
static int memlane_fb_open(struct fb_info *info, int user)
{
	struct memlane_screen *screen = info->par;

	return user ? memlane_region_get(screen->region) : 0;
}

static int memlane_fb_release(struct fb_info *info, int user)
{
	struct memlane_screen *screen = info->par;

	if (user)
		memlane_region_put(screen->region);
	return 0;
}

static void memlane_fb_destroy(struct fb_info *info)
{
	struct memlane_screen *screen = info->par;

	complete(&screen->gone);
}

static ssize_t memlane_fb_read(struct fb_info *info, char __user *buf,
			       size_t count, loff_t *ppos)
{
	struct memlane_screen *screen = info->par;
	struct iov_iter iter;

	iov_iter_ubuf(&iter, READ, buf, count);
	return memlane_region_read(screen->region, ppos, &iter);
}

static ssize_t memlane_fb_write(struct fb_info *info, const char __user *buf,
				size_t count, loff_t *ppos)
{
	struct memlane_screen *screen = info->par;
	struct iov_iter iter;

	iov_iter_ubuf(&iter, WRITE, (char __user *)buf, count);
	return memlane_region_write(screen->region, ppos, &iter);
}

static int memlane_fb_mmap(struct fb_info *info, struct vm_area_struct *vma)
{
	struct memlane_screen *screen = info->par;

	return memlane_region_mmap(screen->region, vma);
}

static void drawn(const struct fb_info *info)
{
	memlane_screen_touch(((struct memlane_screen *)info->par)->region);
}

static void memlane_fb_fillrect(struct fb_info *info,
				const struct fb_fillrect *rect)
{
	sys_fillrect(info, rect);
	drawn(info);
}

static void memlane_fb_copyarea(struct fb_info *info,
				const struct fb_copyarea *area)
{
	sys_copyarea(info, area);
	drawn(info);
}

static void memlane_fb_imageblit(struct fb_info *info,
				 const struct fb_image *image)
{
	sys_imageblit(info, image);
	drawn(info);
}

static const struct fb_ops memlane_fb_ops = {
	.owner = THIS_MODULE,
	.fb_open = memlane_fb_open,
	.fb_release = memlane_fb_release,
	.fb_destroy = memlane_fb_destroy,
	.fb_read = memlane_fb_read,
	.fb_write = memlane_fb_write,
	.fb_mmap = memlane_fb_mmap,
	.fb_check_var = memlane_fb_check_var,
	.fb_set_par = memlane_fb_set_par,
	.fb_setcmap = memlane_fb_setcmap,
	.fb_blank = memlane_fb_blank,
	.fb_pan_display = memlane_fb_pan,
	.fb_ioctl = memlane_fb_ioctl,
	.fb_compat_ioctl = memlane_fb_ioctl,
	.fb_fillrect = memlane_fb_fillrect,
	.fb_copyarea = memlane_fb_copyarea,
	.fb_imageblit = memlane_fb_imageblit,
};

/**
 * memlane_fb_init() - fill in a screen's fb_info but for memory and colour map
 * @screen: the screen
 * @geo: its first mode, which fits
 */
void memlane_fb_init(struct memlane_screen *screen,
		     const struct memlane_geometry *geo)
{
	struct fb_info *info = screen->info;
	u64 size = screen->region->size;

	info->fbops = &memlane_fb_ops;
	info->flags = FBINFO_VIRTFB | FBINFO_READS_FAST;
	info->pseudo_palette = screen->colours;

	strscpy(info->fix.id, screen->region->name, sizeof(info->fix.id));
	info->fix.type = FB_TYPE_PACKED_PIXELS;
	info->fix.accel = FB_ACCEL_NONE;
	info->fix.xpanstep = 1;
	info->fix.ypanstep = 1;
	info->fix.smem_len = min_t(u64, size, U32_MAX & PAGE_MASK);

	info->var.xres = geo->width;
	info->var.yres = geo->height;
	info->var.xres_virtual = geo->width;
	info->var.yres_virtual = geo->height * geo->pages;
	info->var.width = -1;
	info->var.height = -1;
	info->var.activate = FB_ACTIVATE_NOW;
	set_format(&info->var, geo->format);
	set_timings(&info->var, geo->refresh);
	memlane_fb_set_par(info);
}

/**
 * memlane_fb_grays() - fill a colour map with grays from black to white
 * @cmap: of MEMLANE_COLOURS entries
 */
void memlane_fb_grays(struct fb_cmap *cmap)
{
	u16 i;

	for (i = 0; i < MEMLANE_COLOURS; i++) {
		cmap->red[i] = i * 0x101;
		cmap->green[i] = i * 0x101;
		cmap->blue[i] = i * 0x101;
	}
}
